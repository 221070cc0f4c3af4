"""The findings of one sweep, and where it comes from. Made by `command` and `cli.judge`, printed by `output`."""

from __future__ import annotations

from dataclasses import dataclass, field

from hposweep.cli.validate.lines import Lines
from hposweep.model.findings import ContractFinding, Severity


@dataclass(frozen=True, slots=True)
class SweepReport:
    """All findings of one sweep, errors first."""

    name: str
    findings: tuple[ContractFinding, ...]
    source: str = ""  # the file, as the user named it
    lines: Lines = field(default_factory=Lines)

    @property
    def is_valid(self) -> bool:
        return not any(finding.severity is Severity.ERROR for finding in self.findings)
