"""What is worth a look: of the contract, before anything runs, and of a sweep's health. Made by `judge`."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any


class Severity(StrEnum):
    """An Error of the contract refuses the spec; a Warning is said and nothing more; Info is no reason to act."""

    ERROR = "Error"
    WARNING = "Warning"
    INFO = "Info"


@dataclass(frozen=True, slots=True)
class ContractFinding:
    """One rule of the linter that fired: `message` has the numbers filled in and says what to change."""

    rule: str  # an id in CamelCase
    severity: Severity
    fields: tuple[str, ...]  # paths in the resource, `spec.trials.max`
    message: str
    numbers: Mapping[str, Any] = field(default_factory=dict)
    detail: str = ""  # why, with all numbers; printed by `hposweep validate -v`


@dataclass(frozen=True, slots=True)
class HealthFinding:
    """One rule of health that fired; `message` is the diagnosis (what was seen, likely causes in their order)."""

    reason: str  # of `api.conditions`
    severity: Severity
    message: str
    action: str


def worst_first(findings: Iterable[HealthFinding]) -> tuple[HealthFinding, ...]:
    """By severity; within one, as they come."""
    order = tuple(Severity)
    return tuple(sorted(findings, key=lambda finding: order.index(finding.severity)))
