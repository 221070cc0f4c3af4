"""The contract linter: does what a sweep asks for agree with itself? Called by `judge.contract` and `cli.validate`.

Each family of rules is a file with one door, `findings(spec)`; no rule knows another. Errors refuse a sweep, warnings
are said.
"""

from __future__ import annotations

from functools import lru_cache

from hposweep.api.spec import Spec
from hposweep.judge.linter import (
    agreement,
    algorithms,
    baseline,
    comparison,
    contrast,
    decision_times,
    decisions,
    elite,
    names,
    pruning,
    ranges,
    ratios,
    sampling,
    schedule,
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
    schedule,
    decision_times,
    decisions,
    ratios,
    elite,
    comparison,
    contrast,
    tiers,
)


# Specs whose findings are remembered: every pass over a sweep asks, and a spec hardly ever changes.
_REMEMBERED = 512


class _Asked:
    """A spec as a key: its maps have no hash, but specs that read the same are the same."""

    def __init__(self, spec: Spec) -> None:
        self.spec, self._text = spec, repr(spec)

    def __hash__(self) -> int:
        return hash(self._text)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, _Asked) and self._text == other._text


def findings(spec: Spec) -> tuple[ContractFinding, ...]:
    """Every one, in the order of the families."""
    return _findings(_Asked(spec))


@lru_cache(maxsize=_REMEMBERED)
def _findings(asked: _Asked) -> tuple[ContractFinding, ...]:
    return tuple(finding for family in _FAMILIES for finding in family.findings(asked.spec))
