"""When will the budget be spent, and how far is the target? Called by `verdicts` and by `cli.judge`.

Time comes with an interval. Of a target nothing is foretold: a curve of best values under an adaptive sampler cannot be
extrapolated honestly, so what is true is said, and no probability.
"""

from __future__ import annotations

import math
from datetime import datetime

import numpy as np
from numpy.typing import NDArray

from hposweep.api.criteria import Criterion
from hposweep.api.spec import Spec
from hposweep.judge.activity import ages_seconds, by_finish, durations_seconds
from hposweep.judge.evidence import Evidence
from hposweep.model.history import History
from hposweep.model.verdicts import CriterionVerdict, Eta, Outcome, Outlook, TierVerdict
from hpotrial.contract import WORKER

LEAST_FINISHED = 5
LEAST_WINDOW = 20  # finish times
TIMES_WORKERS = 4
DRAWS = 200
SEED = 20  # any: the same trials must give the same interval
QUANTILES = (0.05, 0.95)
PAUSE_SECONDS = 60.0  # nothing ran for longer than this, and than 3 usual trials: a pause, not a pace
LEAST_VALUED = 8  # below that a quarter of them is no pace


def eta(spec: Spec, evidence: Evidence, workers_running: int, now: datetime) -> Eta | None:
    """None below 5 finished trials, while no worker runs, and when nothing is left to do."""
    history, breaker = evidence.history, evidence.study.breaker if evidence.study is not None else None
    if history is None or evidence.has_ended or workers_running < 1 or breaker is not None:
        return None
    if spec.suspend or spec.is_terminating or len(history.finished) < LEAST_FINISHED:
        return None
    ages = sorted(ages_seconds(evidence).values(), reverse=True)
    left = len(ages) if spec.is_stopping else max(0, spec.trials.max - len(history.finished))
    gaps = _gaps_seconds(history, ages, workers_running, now)
    if left == 0 or gaps is None:
        return None
    cycle = float(gaps.mean()) * _workers_then(history, len(gaps), workers_running)
    seconds = _left_seconds(history, ages[:left], left, workers_running, cycle)
    low, high = _spread(gaps, left)
    return Eta(seconds, seconds * min(1.0, low), seconds * max(1.0, high))


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


def _gaps_seconds(history: History, ages: list[float], workers: int, now: datetime) -> NDArray[np.float64] | None:
    """Between the last finish times. The first trials count from their start, with what the running ones have done."""
    done = by_finish(history)
    if len(done) < LEAST_FINISHED:  # nobody wrote down when they finished
        durations = durations_seconds(history)[-max(LEAST_WINDOW, TIMES_WORKERS * workers) :]
        return np.asarray(durations) / workers if len(durations) >= LEAST_FINISHED else None
    ends = np.fromiter((end.timestamp() for end, _ in done), float, len(done))
    starts = ends - np.fromiter((trial.seconds or 0.0 for _, trial in done), float, len(done))
    usual = float(np.median(ends - starts))
    first_running = now.timestamp() - ages[0] if ages else math.inf
    # Earliest start of all that finish at this time or later: before it nothing ran that could have finished.
    active_from = np.minimum(np.minimum.accumulate(starts[::-1])[::-1], first_running)
    before = np.concatenate(([active_from[0]], ends[:-1]))
    idle = active_from - before
    gaps = ends - before - np.where(idle > max(PAUSE_SECONDS, 3 * usual), idle, 0.0)
    window = max(LEAST_WINDOW, TIMES_WORKERS * workers)
    if len(gaps) <= window and usual > 0:
        gaps *= len(gaps) / (len(gaps) + sum(min(age / usual, 1.0) for age in ages))
    gaps = gaps[-window:]
    return gaps if gaps.mean() > 0 else None


def _workers_then(history: History, window: int, workers: int) -> int:
    """How many finished the trials of the window; as many as now when nobody wrote it down."""
    seen = {trial.attributes.get(WORKER) for _, trial in by_finish(history)[-window:]}
    return workers if None in seen or not seen else len(seen)


def _left_seconds(history: History, ages: list[float], left: int, workers: int, cycle: float) -> float:
    """Running trials end first, the others follow wherever a worker is free."""
    durations = np.sort(
        np.asarray(durations_seconds(history)[-max(LEAST_WINDOW, TIMES_WORKERS * workers) :] or (cycle,))
    )
    free = [_residual(durations, age) for age in ages]
    waiting = left - len(ages)
    free += [0.0] * max(0, min(workers - len(ages), waiting))
    if not waiting:
        return max(free)
    rounds, rest = divmod(waiting, len(free))
    free = sorted(moment + rounds * cycle for moment in free)
    return max(free[-1], free[rest - 1] + cycle if rest else 0.0)


def _residual(durations: NDArray[np.float64], age: float) -> float:
    """What a trial of this age has still to run, by those that ran longer; half of the longest when none did."""
    longer = durations[np.searchsorted(durations, age, side="right") :]
    return float(longer.mean()) - age if len(longer) else float(durations[-1]) / 2


def _spread(gaps: NDArray[np.float64], left: int) -> tuple[float, float]:
    """The 90 % interval of the sum of so many gaps, over what is expected; the pace itself is drawn anew as well."""
    rng = np.random.default_rng(SEED)
    pace = rng.choice(gaps, (DRAWS, len(gaps)))
    drawn = rng.multinomial(left, np.full(len(gaps), 1 / len(gaps)), DRAWS)
    low, high = np.quantile((pace * drawn).sum(axis=1) / (left * gaps.mean()), QUANTILES)
    return float(low), float(high)


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
