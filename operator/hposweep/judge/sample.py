"""The searched trials that have a parameter, ranked. Called by the criteria on elite, share, trend and bounds.

Criteria and health rules need the same samples repeatedly, so that the history caches them.
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

# With fewer valued trials the elite is too small for a verdict.
MIN_VALUED_TRIALS = 25
ELITE_SHARE, MIN_ELITE = 0.2, 5
# Trials of the same age are compared: consecutive ones, at least ten, and at least two of each worker.
MIN_BLOCK, TRIALS_PER_WORKER = 10, 2
# Comparisons of trials with all others of their block in one array; more would need much memory.
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
        """Return the column when it has numbers only."""
        if not set(map(type, self.column)) <= {int, float}:
            return None
        numbers = np.array(self.column, dtype=float)
        return numbers if np.isfinite(numbers).all() else None


def block(evidence: Evidence) -> int:
    """Return how many consecutive trials count as equally old."""
    return max(MIN_BLOCK, TRIALS_PER_WORKER * evidence.workers)


def sample(evidence: Evidence, history: History, parameter: str, objective: int | None = None) -> Sample:
    """Return the sample. `objective`: the index of the only one that counts; None for all of them."""
    length, places = block(evidence), counted(evidence, objective)

    def build() -> Sample:
        directions = tuple(goal.is_maximized for goal in evidence.goals)
        all_trials = history.remember(("searched", len(directions)), lambda: _comparable(history, len(directions)))
        trials = [trial for trial in all_trials if parameter in trial.params]
        column = [trial.params[parameter] for trial in trials]
        if len(trials) < len(all_trials):
            return Sample(column, *_ranked(trials, places, directions, length))
        # Most parameters are in every trial: they share one ranking.
        ranking = history.remember(
            ("ranked", places, directions, length), lambda: _ranked(all_trials, places, directions, length)
        )
        return Sample(column, *ranking)

    return history.remember(("sample", parameter, places, evidence.goals, length), build)


def counted(evidence: Evidence, objective: int | None) -> tuple[int, ...]:
    """Return the indexes of the objectives that count; with one objective, its index whether it is named or not."""
    return tuple(range(len(evidence.goals))) if objective is None else (objective,)


def elite_size(trials: int) -> int:
    """Return the size of the elite of that many trials; it may exceed their number."""
    return max(MIN_ELITE, math.ceil(ELITE_SHARE * trials - 1e-9))


def is_number(value: Any) -> bool:
    """Return whether the value is a finite number and no bool."""
    return isinstance(value, int | float) and not isinstance(value, bool) and math.isfinite(value)


def signed(values: NDArray[np.float64], *, is_maximized: bool) -> NDArray[np.float64]:
    """Return the values with higher ones better."""
    return values if is_maximized else -values


def _comparable(history: History, objectives: int) -> tuple[Trial, ...]:
    """Return the trials with the right number of values, because an adopted study may have other objectives."""
    return tuple(trial for trial in history.searched if len(trial.values) == objectives)


def _ranked(
    trials: Sequence[Trial], places: tuple[int, ...], directions: tuple[bool, ...], length: int
) -> tuple[NDArray[np.float64], Ranked, NDArray[np.int64]]:
    """Return the score of each trial, the same ranked, and the indexes of the elite."""
    values = np.array([[trial.values[place] for place in places] for trial in trials], dtype=float)
    values = values.reshape(len(trials), len(places)) * np.where([directions[place] for place in places], 1.0, -1.0)
    size = min(len(trials), elite_size(len(trials)))
    if len(places) == 1:
        score = values[:, 0]
        order = np.lexsort((np.arange(len(trials)), -score))
    else:
        score = _dominance(values, length)
        order = np.lexsort((np.arange(len(trials)), layers(values, [True] * len(places), size)))
    return score, Ranked.of(score, length), order[:size].astype(np.int64)


def _dominance(values: NDArray[np.float64], length: int) -> NDArray[np.float64]:
    """Return for each trial how many of its block it dominates less those that dominate it."""
    n, objectives = values.shape
    blocks = -(-n // length)
    rows = np.full((blocks * length, objectives), np.nan)
    rows[:n] = values
    rows = rows.reshape(blocks, length, objectives)
    score = np.empty((blocks, length))
    step = max(1, _MAX_COMPARED_AT_ONCE // (length * length * objectives))
    for start in range(0, blocks, step):
        part = rows[start : start + step]
        lefts, rights = part[:, :, None, :], part[:, None, :, :]
        beats = (lefts >= rights).all(axis=3) & (lefts > rights).any(axis=3)
        score[start : start + step] = beats.sum(axis=2) - beats.sum(axis=1)
    return score.reshape(-1)[:n]
