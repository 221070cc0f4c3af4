"""Tests of contrast pairs, two trials that differ in one parameter only. They have the power that a search lacks.

`elite_share` compares choices with them, `boundaries_resolved` the bounds of a range (where a pair is called a probe).
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

# With five pairs no result could be significant on both sides.
MIN_PAIRS = 6
# A difference that is smaller than this, relative to the values, is rounding; it must not break ties.
_QUANTUM = 1e-12


@dataclass(frozen=True, slots=True)
class PairTest:
    """Complete pairs with one side: one-sided p that it is better, and that it is worse; not corrected."""

    pairs: int
    p: float | None
    p_worse: float | None


def pair_test(evidence: Evidence, history: History, parameter: str, side: Any) -> PairTest:
    """Compare the side (a choice; "low" or "high" of a probe) with the other side of its pairs.

    With several objectives a pair has no difference, so nothing is tested.
    """
    if len(evidence.goals) > 1:
        return PairTest(0, None, None)
    sign = 1.0 if evidence.goals[0].is_maximized else -1.0
    own, differences, scale = key(side), [], 0.0
    for sides in history.remember(("pairs", parameter), lambda: _pairs(history, parameter)):
        if own in sides and len(sides) == 2:
            other = next(value for name, value in sides.items() if name != own)
            differences.append(sign * (sides[own] - other))
            scale = max(scale, abs(sides[own]), abs(other))
    if not differences:
        return PairTest(0, None, None)
    gaps = np.array(differences)
    if scale > 0:
        gaps = np.rint(gaps / (scale * _QUANTUM))
    return PairTest(len(differences), signed_rank(gaps), signed_rank(-gaps))


def _pairs(history: History, parameter: str) -> tuple[dict[Hashable, float], ...]:
    """Return the first value by side, for every pair of the parameter."""
    pairs: dict[Hashable, dict[Hashable, float]] = {}
    for mark, value in history.remember("marks", lambda: _marks(history)):
        if mark.parameter == parameter:
            sides = pairs.setdefault(key(mark.pair), {})
            sides.setdefault(key(mark.value), value)
    return tuple(pairs.values())


def _marks(history: History) -> tuple[tuple[ContrastMark, float], ...]:
    trials = [trial for trial in history.valued if trial.is_contrast]
    marks = [ContrastMark.from_json(trial.attributes[protocol.CONTRAST]) for trial in trials]
    return tuple((mark, trial.values[0]) for mark, trial in zip(marks, trials, strict=True) if mark is not None)
