"""When time alone will change a verdict, so that the next pass must not wait for an event. Called by `reconcile`."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta

from hposweep.api.decisions import DecisionPoint
from hposweep.api.sweep import Sweep
from hposweep.judge.decision_snapshot import SweepProgress, gpu_seconds
from hposweep.judge.decisions import sweep_progress
from hposweep.judge.stopping import time_is_up_at
from hposweep.model.history import History
from hposweep.model.observation import Observation
from hposweep.model.verdicts import Verdicts


def judgement_requeue_after_seconds(sweep: Sweep, observation: Observation, verdicts: Verdicts) -> float | None:
    """Return the seconds until the next deadline, decision point or health check; None when none is due."""
    if verdicts.end is not None or sweep.has_ended:
        return None
    waits = [(time - observation.now).total_seconds() for time in _times(sweep, observation, verdicts)]
    if verdicts.health_requeue_after_seconds is not None:
        waits.append(verdicts.health_requeue_after_seconds)
    return min((seconds for seconds in waits if seconds > 0), default=None)


def _times(sweep: Sweep, observation: Observation, verdicts: Verdicts) -> Iterator[datetime]:
    if verdicts.preflight.due is not None:
        yield verdicts.preflight.due
    yield from (decision.deadline for decision in verdicts.decisions if decision.deadline is not None)
    if verdicts.stop is not None:
        return
    end = time_is_up_at(sweep)
    if end is not None:
        yield end
    yield from _budget_spent_at(sweep, observation, verdicts)
    names, progress = (
        {decision.name for decision in verdicts.decisions},
        sweep_progress(sweep, observation.storage.study, observation.now, observation.gpu_weights),
    )
    for point in sweep.spec.decision_points:
        time = _time(point, observation.history, progress) if point.name not in names else None
        if time is not None:
            yield time


def _budget_spent_at(sweep: Sweep, observation: Observation, verdicts: Verdicts) -> Iterator[datetime]:
    """Yield when the budget of GPU seconds is spent, if the same GPUs stay allocated."""
    budget, ledger = sweep.spec.budget.gpu_seconds, verdicts.ledger
    if budget is not None and ledger.gpus:
        yield observation.now + timedelta(seconds=max(0.0, budget - ledger.total.allocated) / ledger.gpus)


def _time(point: DecisionPoint, history: History | None, progress: SweepProgress) -> datetime | None:
    """Return when a point is reached by time; GPU seconds are an estimate that the next pass corrects."""
    if point.at.seconds is not None and progress.start is not None:
        return progress.start + timedelta(seconds=point.at.seconds)
    if point.at.gpu_seconds is None or history is None:
        return None
    rate = progress.gpus * len(history.running)
    gpu_seconds_left = point.at.gpu_seconds - gpu_seconds(history, progress)
    return progress.now + timedelta(seconds=gpu_seconds_left / rate) if rate else None
