"""The searched trials that had a parameter, ranked: what elite, share, trend and bounds are worked out from.

Criteria and health ask for the same samples again and again, so a history remembers them.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from hposweep.judge.evidence import Evidence
from hposweep.judge.statistics import Ranked
from hposweep.model.front import layers
from hposweep.model.history import History, Trial

# With fewer valued trials the elite is a handful, and all criteria about it are Unknown.
MIN_VALUED_TRIALS = 25
ELITE_SHARE, MIN_ELITE = 0.2, 5
# Trials of the same age are compared: consecutive ones, at least ten, and enough that each worker had two.
MIN_BLOCK, TRIALS_PER_WORKER = 10, 2
# Trials that compare each with each of their block in one go; more would ask for much memory.
_MAX_COMPARED_AT_ONCE = 2_000_000


@dataclass(frozen=True, slots=True, eq=False)
class Sample:
    """In the order of trial numbers. `score` is higher for better trials, and comparable within a block only."""

    column: Sequence[Any]  # the parameter's value in each trial
    score: NDArray[np.float64]
    ranked: Ranked  # the scores
    elite: NDArray[np.int64]  # places of the elite, best first

    @property
    def n(self) -> int:
        return len(self.column)

    @property
    def numbers(self) -> NDArray[np.float64] | None:
        """The column when it has numbers only."""
        if not set(map(type, self.column)) <= {int, float}:
            return None
        numbers = np.array(self.column, dtype=float)
        return numbers if np.isfinite(numbers).all() else None


def block(evidence: Evidence) -> int:
    """How many consecutive trials count as equally old."""
    return max(MIN_BLOCK, TRIALS_PER_WORKER * evidence.workers)


def sample(evidence: Evidence, history: History, parameter: str, objective: int | None = None) -> Sample:
    """`objective`: only the one at this place counts; None: all of them."""
    length, places = block(evidence), counted(evidence, objective)

    def work_out() -> Sample:
        maximized = tuple(goal.is_maximized for goal in evidence.goals)
        whole = history.remember(("searched", len(maximized)), lambda: _comparable(history, len(maximized)))
        trials = [trial for trial in whole if parameter in trial.params]
        column = [trial.params[parameter] for trial in trials]
        if len(trials) < len(whole):
            return Sample(column, *_ranked(trials, places, maximized, length))
        # Most parameters are in every trial: they share one ranking.
        ranked = history.remember(
            ("ranked", places, maximized, length), lambda: _ranked(whole, places, maximized, length)
        )
        return Sample(column, *ranked)

    return history.remember(("sample", parameter, places, evidence.goals, length), work_out)


def counted(evidence: Evidence, objective: int | None) -> tuple[int, ...]:
    """Places of the objectives that count. The only one and all of them are the same, and are worked out once."""
    return tuple(range(len(evidence.goals))) if objective is None else (objective,)


def elite_size(trials: int) -> int:
    """How many of so many are the elite, if there are that many."""
    return max(MIN_ELITE, math.ceil(ELITE_SHARE * trials - 1e-9))


def is_number(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool) and math.isfinite(value)


def signed(values: NDArray[np.float64], *, is_maximized: bool) -> NDArray[np.float64]:
    """Higher is better."""
    return values if is_maximized else -values


def _comparable(history: History, objectives: int) -> tuple[Trial, ...]:
    """A study of other objectives, adopted against the rules, has nothing to compare."""
    return tuple(trial for trial in history.searched if len(trial.values) == objectives)


def _ranked(
    trials: Sequence[Trial], places: tuple[int, ...], maximized: tuple[bool, ...], length: int
) -> tuple[NDArray[np.float64], Ranked, NDArray[np.int64]]:
    """Return the score of each trial, the ranked scores, and the positions of the elite."""
    values = np.array([[trial.values[place] for place in places] for trial in trials], dtype=float)
    values = values.reshape(len(trials), len(places)) * np.where([maximized[place] for place in places], 1.0, -1.0)
    size = min(len(trials), elite_size(len(trials)))
    if len(places) == 1:
        score = values[:, 0]
        order = np.lexsort((np.arange(len(trials)), -score))
    else:
        score = _dominance(values, length)
        order = np.lexsort((np.arange(len(trials)), layers(values, [True] * len(places), size)))
    return score, Ranked.of(score, length), order[:size].astype(np.int64)


def _dominance(values: NDArray[np.float64], length: int) -> NDArray[np.float64]:
    """With several objectives: how many trials of its own block each one dominates, less those that dominate it."""
    n, objectives = values.shape
    blocks = -(-n // length)
    padded = np.full((blocks * length, objectives), np.nan)
    padded[:n] = values
    padded = padded.reshape(blocks, length, objectives)
    score = np.empty((blocks, length))
    step = max(1, _MAX_COMPARED_AT_ONCE // (length * length * objectives))
    for start in range(0, blocks, step):
        part = padded[start : start + step]
        ours, theirs = part[:, :, None, :], part[:, None, :, :]
        beats = (ours >= theirs).all(axis=3) & (ours > theirs).any(axis=3)
        score[start : start + step] = beats.sum(axis=2) - beats.sum(axis=1)
    return score.reshape(-1)[:n]
