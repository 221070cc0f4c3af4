"""The contract linter: does what a sweep asks for agree with itself? Called by `judge.contract` and `cli.validate`.

Each family of rules is a file with one door, `findings(spec)`; no rule knows another. Errors refuse a sweep, warnings
are said.
"""

from __future__ import annotations

from hposweep.api.spec import Spec
from hposweep.judge.linter import (
    agreement,
    algorithms,
    baseline,
    comparison,
    contrast,
    decisions,
    elite,
    hours,
    moments,
    names,
    pruning,
    ranges,
    ratios,
    sampling,
    space,
    tiers,
)
from hposweep.model.findings import ContractFinding

_FAMILIES = (
    algorithms,
    space,
    sampling,
    pruning,
    names,
    ranges,
    agreement,
    baseline,
    hours,
    moments,
    decisions,
    ratios,
    elite,
    comparison,
    contrast,
    tiers,
)


def findings(spec: Spec) -> tuple[ContractFinding, ...]:
    """Every one, in the order of the families."""
    return tuple(finding for family in _FAMILIES for finding in family.findings(spec))
