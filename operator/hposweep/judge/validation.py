"""Errors of the linter as faults that close the gate `Accepted`. Called by `judge`.

All faults are reported at once; each names the field, its value and what is allowed.
"""

from __future__ import annotations

from collections.abc import Iterable

from hposweep.api.conditions import CONTRADICTION, INVALID_SPEC
from hposweep.api.spec import Spec
from hposweep.judge import linter
from hposweep.model.findings import ContractFinding, Severity
from hposweep.model.observation import Fault

# Fields that a patch can fix; all other fields of `spec` are immutable.
MUTABLE = (
    "spec.analysis",
    "spec.approval",
    "spec.answers",
    "spec.baseline",
    "spec.baselineTrial",
    "spec.budget",
    "spec.cost",
    "spec.decisionPoints",
    "spec.health",
    "spec.notify",
    "spec.preflight",
    "spec.stopWhen",
    "spec.study.enqueue",
    "spec.study.takeOverFrom",
    "spec.success",
    "spec.trials",
    "spec.workers.replicas",
)


def faults(spec: Spec) -> tuple[Fault, ...]:
    """Return every error of the linter as a fault."""
    return as_faults(linter.findings(spec))


def as_faults(findings: Iterable[ContractFinding]) -> tuple[Fault, ...]:
    """Return the errors among the findings as faults."""
    return tuple(
        Fault(CONTRADICTION if is_mutable(finding) else INVALID_SPEC, finding.message)
        for finding in findings
        if finding.severity is Severity.ERROR
    )


def is_mutable(finding: ContractFinding) -> bool:
    """Return whether at least one of the finding's fields may be changed."""
    return any(
        field == name or field.startswith((f"{name}.", f"{name}[")) for field in finding.fields for name in MUTABLE
    )
