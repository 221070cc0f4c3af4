"""The growth of the best value, against a random search. Called by `analyze`, for each objective.

Two answers, because a study has no random search beside it: the expected best of random draws, computed from the first
trials, which most samplers draw at random; and the number of new bests, which needs no assumption about the values.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from hposweep.analysis.view import StudyView
from hposweep.judge.statistics import Floats, normal_survival

DEFAULT_RANDOM_TRIALS = 10  # the start-up trials of Optuna's default sampler
POINTS = 10
MIN_RANDOM, MIN_TRIALS = 5, 10
MAX_CHANCE = 0.05


@dataclass(frozen=True, slots=True)
class ConvergencePoint:
    """The best value after so many comparable trials. `random` is the expected best of as many random draws."""

    trials: int
    best: float
    random: float | None


@dataclass(frozen=True, slots=True)
class Convergence:
    """The course of one objective. `new_bests` against those of trials in random order: their mean, and the chance."""

    objective: str
    points: tuple[ConvergencePoint, ...]
    last_best_trial: int | None
    trials_since: int
    new_bests: int
    expected_new_bests: float
    p_new_bests: float | None
    notes: tuple[str, ...]


def convergence(view: StudyView, objective: int, random_trials: int = DEFAULT_RANDOM_TRIALS) -> Convergence:
    trials, name = view.trials, view.goals[objective].name
    if not trials:
        return Convergence(name, (), None, 0, 0, 0.0, None, ("Unknown: no comparable trial.",))
    sign = 1.0 if view.goals[objective].is_maximized else -1.0
    scores = sign * np.array([trial.values[objective] for trial in trials], dtype=float)
    best = np.maximum.accumulate(scores)
    records = np.flatnonzero(np.diff(best, prepend=-np.inf) > 0)
    sample = np.array([score for trial, score in zip(trials, scores, strict=True) if trial.number < random_trials])
    points = tuple(
        ConvergencePoint(n, float(sign * best[n - 1]), _random(sample, n, sign)) for n in checkpoints(len(trials))
    )
    mean, p = _chance_of_records(scores, len(records))
    return Convergence(
        objective=name,
        points=points,
        last_best_trial=trials[int(records[-1])].number,
        trials_since=len(trials) - 1 - int(records[-1]),
        new_bests=len(records),
        expected_new_bests=mean,
        p_new_bests=p,
        notes=_notes(len(trials), len(sample), random_trials),
    )


def expected_best(sample: Floats, n: int) -> float:
    """Return the expected largest of `n` draws with replacement from the sample (Dodge and others, 2019)."""
    ascending = np.sort(sample)
    ranks = np.arange(len(ascending) + 1) / len(ascending)
    weights = np.diff(ranks**n)
    return float(ascending @ weights)


def _random(sample: Floats, n: int, sign: float) -> float | None:
    return sign * expected_best(sample, n) if len(sample) >= MIN_RANDOM else None


def checkpoints(trials: int) -> Sequence[int]:
    """Return at most eleven numbers of trials, dense at first; the last one is of all trials."""
    return sorted({max(1, round(trials ** (place / POINTS))) for place in range(POINTS)} | {trials})


def _chance_of_records(scores: Floats, records: int) -> tuple[float, float | None]:
    """Return the expected number of new bests in random order, and the chance of as many (Renyi: H_n, normal)."""
    n = len(np.unique(scores))
    inverse = 1 / np.arange(1, n + 1)
    mean, variance = float(inverse.sum()), float((inverse - inverse**2).sum())
    if n < MIN_TRIALS:
        return mean, None
    return mean, normal_survival((records - 0.5 - mean) / math.sqrt(variance))


def _notes(trials: int, sample: int, random_trials: int) -> tuple[str, ...]:
    if sample < MIN_RANDOM:
        return (
            f"What random search would reach is unknown: {sample} of the first {random_trials} trials are comparable; "
            f"at least {MIN_RANDOM} are needed.",
        )
    notes = [
        f"Random search is computed from the {sample} comparable trials among the first {random_trials}, which the "
        "default sampler draws at random; set --random-trials if another number was."
    ]
    if trials > sample:
        notes.append(f"Beyond {sample} draws it is a lower estimate: it cannot exceed the best of those trials.")
    return tuple(notes)
