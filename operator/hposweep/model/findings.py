"""Findings about the spec, before anything runs, and about the health of a sweep. Built by `judge`."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any


class Severity(StrEnum):
    """Error: the spec is refused, or trials are lost. Warning: look at it. Info: no action needed."""

    ERROR = "Error"
    WARNING = "Warning"
    INFO = "Info"


@dataclass(frozen=True, slots=True)
class ContractFinding:
    """A rule of the linter that fired: `message` has the numbers and says what to change."""

    rule: str  # an id in CamelCase
    severity: Severity
    fields: tuple[str, ...]  # paths in the resource, `spec.trials.max`
    message: str
    numbers: Mapping[str, Any] = field(default_factory=dict)
    detail: str = ""  # why, with all numbers; printed by `hposweep validate -v`


@dataclass(frozen=True, slots=True)
class HealthFinding:
    """A rule of health that fired: `message` has the observation and its likely causes, the most likely first."""

    reason: str  # of `api.conditions`
    severity: Severity
    message: str
    action: str


def worst_first(findings: Iterable[HealthFinding]) -> tuple[HealthFinding, ...]:
    """Return the findings by severity, otherwise in their order."""
    order = tuple(Severity)
    return tuple(sorted(findings, key=lambda finding: order.index(finding.severity)))
