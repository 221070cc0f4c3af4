"""The contract: can this spec work at all? What the linter finds, as faults that shut a gate. Called by `judge`.

All faults are reported at once; each names the field, what it was, and what is allowed.
"""

from __future__ import annotations

from collections.abc import Iterable

from hposweep.api.conditions import CONTRADICTION, INVALID_SPEC
from hposweep.api.spec import Spec
from hposweep.judge.linter import findings
from hposweep.model.findings import ContractFinding, Severity
from hposweep.model.observation import Fault

# What a patch can mend; everything else in `spec` refuses change, and only another sweep can be better.
MUTABLE = (
    "spec.answers",
    "spec.baseline",
    "spec.budget",
    "spec.decisionPoints",
    "spec.health",
    "spec.success",
    "spec.trials",
    "spec.workers.replicas",
)


def faults(spec: Spec) -> tuple[Fault, ...]:
    """Every error of the linter."""
    return as_faults(findings(spec))


def as_faults(found: Iterable[ContractFinding]) -> tuple[Fault, ...]:
    return tuple(
        Fault(CONTRADICTION if can_be_mended(finding) else INVALID_SPEC, finding.message)
        for finding in found
        if finding.severity is Severity.ERROR
    )


def can_be_mended(finding: ContractFinding) -> bool:
    """One field that may be changed is enough."""
    return any(
        field == name or field.startswith((f"{name}.", f"{name}[")) for field in finding.fields for name in MUTABLE
    )
