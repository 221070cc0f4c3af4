"""The time left and the distance to the target. Called by `judge` and by `cli.judge`.

The time has an interval. There is no probability of reaching a target, because a curve of best values under an adaptive
sampler cannot be extrapolated honestly.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from datetime import datetime

import numpy as np

from hposweep.api.criteria import Criterion
from hposweep.api.spec import Spec
from hposweep.judge.activity import ages_seconds
from hposweep.judge.baseline_estimate import time_of
from hposweep.judge.evidence import Evidence
from hposweep.judge.pace import Floats, Pace, pace
from hposweep.judge.statistics import quantile
from hposweep.model.history import History
from hposweep.model.verdicts import CriterionVerdict, Eta, Outcome, Outlook, TierVerdict
from hposweep.text import count

MIN_FINISHED = 5
DRAWS = 200
SEED = 20  # any: the same trials must give the same interval
QUANTILES = (0.05, 0.5, 0.95)
ROUNDS_FOLLOWED, MAX_FOLLOWED = 3, 300  # trials at the end that are simulated one by one
MIN_VALUED = 8  # with fewer, the last quarter is too few to measure a pace


def eta(
    spec: Spec,
    evidence: Evidence,
    workers_running: int,
    now: datetime,
    baseline_seconds: float | None = None,
    *,
    is_draining: bool = False,
) -> Eta | None:
    """Return the time left; None while no worker runs, and when no trial is left.

    Below 5 finished trials the duration of the baseline trial, `baseline_seconds`, is all that is known; without it the
    result is None as well. `is_draining`: a decision or the time limit has told the workers to start no further trials.
    """
    history, breaker = evidence.history, evidence.study.breaker if evidence.study is not None else None
    if history is None or evidence.has_ended or workers_running < 1 or breaker is not None:
        return None
    has_few = len(history.finished) < MIN_FINISHED
    if spec.suspend or spec.is_terminating or (has_few and baseline_seconds is None):
        return None
    ages = sorted(ages_seconds(evidence).values(), reverse=True)
    remaining = len(ages) if is_draining or spec.is_stopping else max(0, spec.trials.max - len(history.finished))
    if has_few and baseline_seconds is not None:
        return time_of(remaining, baseline_seconds, workers_running) if remaining else None
    # Computed once for these trials, because the status keeps the first forecast until a trial finishes (`report.eta`).
    return history.remember(
        ("eta", workers_running, remaining), lambda: _eta(history, ages, remaining, workers_running, now)
    )


def _eta(history: History, ages: Sequence[float], remaining: int, workers: int, now: datetime) -> Eta | None:
    rate = pace(history, ages, workers, now)
    if remaining == 0 or rate is None:
        return None
    draws = _draws(rate, ages[:remaining], remaining, workers)
    low, middle, high = (quantile(draws, share) for share in QUANTILES)
    return Eta(middle, low, high)


def outlook(spec: Spec, evidence: Evidence, tiers: tuple[TierVerdict, ...]) -> Outlook | None:
    """Return the distance to the first best value that is not reached, and the gain of the last quarter of trials."""
    target = _target(spec, tiers)
    if target is None or evidence.history is None or evidence.has_ended:
        return None
    tier, criterion, verdict = target
    assert criterion.best_value is not None and verdict.threshold is not None  # noqa: S101, PT018  # `_target` checked it
    place, goal = evidence.goal(criterion.best_value.objective)
    sign = 1.0 if goal.is_maximized else -1.0
    values = [sign * trial.values[place] for trial in evidence.history.valued]
    if len(values) < MIN_VALUED:
        return None
    short = sign * verdict.threshold - max(values)
    quarter = math.ceil(len(values) / 4)
    gain = max(values) - max(values[:-quarter])
    remaining = max(0, spec.trials.max - len(evidence.history.finished))
    distance = f"{goal.name} is {max(short, 0.0):.3g} short of {verdict.threshold:.6g}"
    if gain <= 0:
        text = f"{distance}; no gain in the last {quarter} complete trials, {count(remaining, 'trial')} left"
        return Outlook(tier, text)
    required = f"{math.ceil(short / gain * quarter):,}" if short / gain * quarter < 1e6 else "more than a million"
    return Outlook(
        tier,
        f"{distance}; the last {quarter} complete trials gained {gain:.3g}; at that pace about {required} more are "
        f"needed, with {count(remaining, 'trial')} left (gains usually shrink)",
    )


def _draws(pace: Pace, ages: Sequence[float], remaining: int, workers: int) -> Floats:
    """Simulate 200 times when the last trial ends: running trials first, then the others on the next free worker.

    Each draw has its own distribution of durations near the observed one (Rubin's bootstrap), because twenty trials
    determine it poorly. Only the last few rounds are simulated trial by trial; the rounds before are one sum.
    """
    rng = np.random.default_rng(SEED)
    weights = pace.weights * rng.exponential(size=(DRAWS, len(pace.weights)))
    weights /= weights.sum(axis=1, keepdims=True)
    shares = weights.cumsum(axis=1)
    free = np.zeros((DRAWS, max(workers, len(ages))))
    for place, age in enumerate(ages):
        free[:, place] = _residuals(pace, shares, age, rng)
    waiting, slots = remaining - len(ages), free.shape[1]
    rounds = max(0, waiting - min(MAX_FOLLOWED, ROUNDS_FOLLOWED * slots)) // slots  # whole rounds only
    last = waiting - rounds * slots
    free += _bulk(pace, weights, rounds * slots, rng) / slots
    durations = _sample(pace, shares, rng.random((DRAWS, last))) + pace.between_seconds
    flat, offsets = free.reshape(-1), np.arange(DRAWS) * slots
    for seconds in durations.T:
        flat[offsets + free.argmin(axis=1)] += seconds
    ends: Floats = free.max(axis=1)
    return ends


def _sample(pace: Pace, shares: Floats, chances: Floats) -> Floats:
    # One search for all rows, because row n is shifted to lie between n and n + 1.
    rows = np.arange(len(shares))[:, None]
    places = np.searchsorted((shares + rows).ravel(), chances + rows) - rows * shares.shape[1]
    durations: Floats = pace.durations[np.minimum(places, len(pace.durations) - 1)]
    return durations


def _residuals(pace: Pace, shares: Floats, age: float, rng: np.random.Generator) -> Floats:
    """Sample the rest of a trial of this age from longer trials; when there are none, from the spread of all."""
    shorter = int(np.searchsorted(pace.durations, age, side="right"))
    chances = rng.random(DRAWS)
    if shorter == len(pace.durations):
        median = pace.durations[np.searchsorted(np.cumsum(pace.weights), 0.5)]
        remainders: Floats = chances * (pace.durations[-1] - median)
        return remainders
    before = shares[:, shorter - 1] if shorter else np.zeros(DRAWS)
    durations = _sample(pace, shares, (before + chances * (1.0 - before))[:, None])[:, 0]
    return np.maximum(0.0, durations - age)


def _bulk(pace: Pace, weights: Floats, count: int, rng: np.random.Generator) -> Floats:
    """Sample the total seconds of that many trials, as a column of draws."""
    mean = weights @ pace.durations
    spread = np.sqrt(np.maximum(weights @ pace.durations**2 - mean**2, 0.0))
    total: Floats = count * (mean + pace.between_seconds) + math.sqrt(count) * spread * rng.standard_normal(DRAWS)
    return np.maximum(0.0, total).reshape(-1, 1)


def _target(spec: Spec, tiers: tuple[TierVerdict, ...]) -> tuple[str, Criterion, CriterionVerdict] | None:
    """Return the first unreached criterion on a best value that a better trial can reach.

    One with `where` is left out, because its pace depends on how many trials the sampler sends there.
    """
    for tier in tiers:
        for criterion, verdict in zip(spec.success.get(tier.tier, ()), tier.criteria, strict=False):
            target = criterion.best_value
            if target is None or target.where or verdict.outcome is Outcome.TRUE or verdict.threshold is None:
                continue
            goals = spec.study.objectives
            goal = next((goal for goal in goals if goal.name == target.objective), goals[0])
            if goal.is_maximized == (target.less_than is None) or target.improves_baseline_by is not None:
                return tier.tier, criterion, verdict
    return None
