"""Contrast pairs: two trials that differ in one parameter only. They have the power that a search lacks.

`elite_share` compares choices by them, `boundaries_resolved` the bounds of a range (there the pairs are called probes).
"""

from __future__ import annotations

from collections.abc import Hashable
from dataclasses import dataclass
from typing import Any

import numpy as np

from hposweep.judge.criteria.categorical import key
from hposweep.judge.evidence import Evidence
from hposweep.judge.statistics import signed_rank
from hposweep.model.history import History
from hpotrial import protocol
from hpotrial.protocol.contrast import ContrastMark

# With five pairs no outcome at all would be significant on both sides.
FEWEST_PAIRS = 6
# What differs by less, relative to the values, differs by rounding only; it must not break ties.
_QUANTUM = 1e-12


@dataclass(frozen=True, slots=True)
class PairTest:
    """`pairs` complete pairs with this side; `p` that it is better, `p_worse` that it is worse: one-sided, raw."""

    pairs: int
    p: float | None
    p_worse: float | None


def pair_test(evidence: Evidence, history: History, parameter: str, side: Any) -> PairTest:
    """The side (a choice; "low", "high" of a probe) against whatever else is in its pairs.

    With several objectives a pair has no difference: nothing is tested.
    """
    if len(evidence.goals) > 1:
        return PairTest(0, None, None)
    sign = 1.0 if evidence.goals[0].is_maximized else -1.0
    found = history.remember(("pairs", parameter), lambda: _pairs(history, parameter))
    wanted, differences, scale = key(side), [], 0.0
    for sides in found:
        if wanted in sides and len(sides) == 2:
            other = next(value for name, value in sides.items() if name != wanted)
            differences.append(sign * (sides[wanted] - other))
            scale = max(scale, abs(sides[wanted]), abs(other))
    if not differences:
        return PairTest(0, None, None)
    gaps = np.array(differences)
    if scale > 0:
        gaps = np.rint(gaps / (scale * _QUANTUM))
    return PairTest(len(differences), signed_rank(gaps), signed_rank(-gaps))


def _pairs(history: History, parameter: str) -> tuple[dict[Hashable, float], ...]:
    """First value by side, for each pair of the parameter."""
    found: dict[Hashable, dict[Hashable, float]] = {}
    for mark, value in history.remember("marks", lambda: _marks(history)):
        if mark.parameter == parameter:
            sides = found.setdefault(key(mark.pair), {})
            sides.setdefault(key(mark.value), value)
    return tuple(found.values())


def _marks(history: History) -> tuple[tuple[ContrastMark, float], ...]:
    trials = [trial for trial in history.valued if trial.is_contrast]
    marks = [ContrastMark.from_json(trial.attributes[protocol.CONTRAST]) for trial in trials]
    return tuple((mark, trial.values[0]) for mark, trial in zip(marks, trials, strict=True) if mark is not None)
