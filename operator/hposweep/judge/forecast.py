"""When will the budget be spent, and how far is the target? Called by `judge` and by `cli.judge`.

Time comes with an interval. Of a target nothing is foretold: a curve of best values under an adaptive sampler cannot be
extrapolated honestly, so what is true is said, and no probability.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from datetime import datetime

import numpy as np

from hposweep.api.criteria import Criterion
from hposweep.api.spec import Spec
from hposweep.judge.activity import ages_seconds
from hposweep.judge.evidence import Evidence
from hposweep.judge.pace import Floats, Pace, pace
from hposweep.judge.statistics import quantile
from hposweep.model.history import History
from hposweep.model.verdicts import CriterionVerdict, Eta, Outcome, Outlook, TierVerdict

LEAST_FINISHED = 5
DRAWS = 200
SEED = 20  # any: the same trials must give the same interval
QUANTILES = (0.05, 0.5, 0.95)
ROUNDS_FOLLOWED, MOST_FOLLOWED = 3, 300  # trials at the end that are placed one by one
LEAST_VALUED = 8  # below that a quarter of them is no pace


def eta(
    spec: Spec, evidence: Evidence, workers_running: int, now: datetime, *, is_draining: bool = False
) -> Eta | None:
    """None below 5 finished trials, while no worker runs, and when nothing is left to do.

    `is_draining`: something else than the spec has told the workers to ask for no more trials.
    """
    history, breaker = evidence.history, evidence.study.breaker if evidence.study is not None else None
    if history is None or evidence.has_ended or workers_running < 1 or breaker is not None:
        return None
    if spec.suspend or spec.is_terminating or len(history.finished) < LEAST_FINISHED:
        return None
    ages = sorted(ages_seconds(evidence).values(), reverse=True)
    left = len(ages) if is_draining or spec.is_stopping else max(0, spec.trials.max - len(history.finished))
    # Once for these trials: a later look at the same ones would differ by the time that went by, and the status keeps
    # what the first one said (`report.eta`).
    return history.remember(("eta", workers_running, left), lambda: _eta(history, ages, left, workers_running, now))


def _eta(history: History, ages: Sequence[float], left: int, workers: int, now: datetime) -> Eta | None:
    measured = pace(history, ages, workers, now)
    if left == 0 or measured is None:
        return None
    draws = _draws(measured, ages[:left], left, workers)
    low, middle, high = (quantile(draws, share) for share in QUANTILES)
    return Eta(middle, low, high)


def outlook(spec: Spec, evidence: Evidence, tiers: tuple[TierVerdict, ...]) -> Outlook | None:
    """The first best value that is asked for and not reached: how far, and what the last quarter of trials gained."""
    target = _target(spec, tiers)
    if target is None or evidence.history is None or evidence.has_ended:
        return None
    tier, criterion, verdict = target
    assert criterion.best_value is not None and verdict.threshold is not None  # noqa: S101, PT018  # `_target` has seen
    place, goal = evidence.goal(criterion.best_value.objective)
    sign = 1.0 if goal.is_maximized else -1.0
    values = [sign * trial.values[place] for trial in evidence.history.valued]
    if len(values) < LEAST_VALUED:
        return None
    short = sign * verdict.threshold - max(values)
    quarter = math.ceil(len(values) / 4)
    gain = max(values) - max(values[:-quarter])
    left = max(0, spec.trials.max - len(evidence.history.finished))
    said = f"{goal.name} is {max(short, 0.0):.3g} short of {verdict.threshold:.6g}"
    if gain <= 0:
        return Outlook(tier, f"{said}; the last {quarter} complete trials gained nothing, and {left} trials are left")
    more = f"{math.ceil(short / gain * quarter):,}" if short / gain * quarter < 1e6 else "more than a million"
    return Outlook(
        tier,
        f"{said}; the last {quarter} complete trials gained {gain:.3g}; at that pace about {more} more would do, and "
        f"{left} trials are left (gains usually shrink)",
    )


def _draws(pace: Pace, ages: Sequence[float], left: int, workers: int) -> Floats:
    """When the last one ends, drawn 200 times: running trials first, the others wherever a worker is free.

    Each draw has a distribution of its own, near the one that was seen (Rubin's bootstrap): twenty trials do not know
    it well. Only the last few rounds are followed trial by trial; what comes before is a sum.
    """
    rng = np.random.default_rng(SEED)
    weights = pace.weights * rng.exponential(size=(DRAWS, len(pace.weights)))
    weights /= weights.sum(axis=1, keepdims=True)
    shares = weights.cumsum(axis=1)
    free = np.zeros((DRAWS, max(workers, len(ages))))
    for place, age in enumerate(ages):
        free[:, place] = _residuals(pace, shares, age, rng)
    waiting, slots = left - len(ages), free.shape[1]
    rounds = max(0, waiting - min(MOST_FOLLOWED, ROUNDS_FOLLOWED * slots)) // slots  # whole ones: no step is lost
    last = waiting - rounds * slots
    free += _bulk(pace, weights, rounds * slots, rng) / slots
    drawn = _drawn(pace, shares, rng.random((DRAWS, last))) + pace.between_seconds
    every, firsts = free.reshape(-1), np.arange(DRAWS) * slots
    for seconds in drawn.T:
        every[firsts + free.argmin(axis=1)] += seconds
    ends: Floats = free.max(axis=1)
    return ends


def _drawn(pace: Pace, shares: Floats, chances: Floats) -> Floats:
    # All rows in one search: row n lies between n and n + 1.
    rows = np.arange(len(shares))[:, None]
    places = np.searchsorted((shares + rows).ravel(), chances + rows) - rows * shares.shape[1]
    drawn: Floats = pace.durations[np.minimum(places, len(pace.durations) - 1)]
    return drawn


def _residuals(pace: Pace, shares: Floats, age: float, rng: np.random.Generator) -> Floats:
    """What a trial of this age has still to run, by those that ran longer; when none did, by how they differ."""
    shorter = int(np.searchsorted(pace.durations, age, side="right"))
    chances = rng.random(DRAWS)
    if shorter == len(pace.durations):
        usual = pace.durations[np.searchsorted(np.cumsum(pace.weights), 0.5)]
        rest: Floats = chances * (pace.durations[-1] - usual)
        return rest
    before = shares[:, shorter - 1] if shorter else np.zeros(DRAWS)
    drawn = _drawn(pace, shares, (before + chances * (1.0 - before))[:, None])[:, 0]
    return np.maximum(0.0, drawn - age)


def _bulk(pace: Pace, weights: Floats, count: int, rng: np.random.Generator) -> Floats:
    """Seconds of so many trials together, as a column of draws."""
    mean = weights @ pace.durations
    spread = np.sqrt(np.maximum(weights @ pace.durations**2 - mean**2, 0.0))
    total: Floats = count * (mean + pace.between_seconds) + math.sqrt(count) * spread * rng.standard_normal(DRAWS)
    return np.maximum(0.0, total).reshape(-1, 1)


def _target(spec: Spec, tiers: tuple[TierVerdict, ...]) -> tuple[str, Criterion, CriterionVerdict] | None:
    """Only one that a better trial brings nearer."""
    for tier in tiers:
        for criterion, verdict in zip(spec.success.get(tier.tier, ()), tier.criteria, strict=False):
            wanted = criterion.best_value
            if wanted is None or verdict.outcome is Outcome.TRUE or verdict.threshold is None:
                continue
            goals = spec.study.objectives
            goal = next((goal for goal in goals if goal.name == wanted.objective), goals[0])
            if goal.is_maximized == (wanted.less_than is None) or wanted.improves_baseline_by is not None:
                return tier.tier, criterion, verdict
    return None
