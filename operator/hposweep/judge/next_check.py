"""When time alone will change the judgement, so that somebody has to look again. Called by `reconcile`."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta

from hposweep.api.decisions import DecisionPoint
from hposweep.api.sweep import Sweep
from hposweep.judge.decision_snapshot import Course, gpu_seconds
from hposweep.judge.decisions import course_of
from hposweep.judge.stopping import time_is_up_at
from hposweep.model.history import History
from hposweep.model.observation import Observation
from hposweep.model.verdicts import Verdicts


def judgement_requeue_after_seconds(sweep: Sweep, seen: Observation, verdicts: Verdicts) -> float | None:
    """Until the next deadline, decision point or finding that nothing else announces; None when there is none."""
    if verdicts.end is not None or sweep.has_ended:
        return None
    waits = [(time - seen.now).total_seconds() for time in _times(sweep, seen, verdicts)]
    if verdicts.health_requeue_after_seconds is not None:
        waits.append(verdicts.health_requeue_after_seconds)
    return min((seconds for seconds in waits if seconds > 0), default=None)


def _times(sweep: Sweep, seen: Observation, verdicts: Verdicts) -> Iterator[datetime]:
    yield from (decision.deadline for decision in verdicts.decisions if decision.deadline is not None)
    if verdicts.stop is not None:
        return
    end = time_is_up_at(sweep)
    if end is not None:
        yield end
    known, course = {decision.name for decision in verdicts.decisions}, course_of(sweep, seen.storage.study, seen.now)
    for point in sweep.spec.decision_points:
        time = _time(point, seen.history, course) if point.name not in known else None
        if time is not None:
            yield time


def _time(point: DecisionPoint, history: History | None, course: Course) -> datetime | None:
    """Trials announce themselves. GPU seconds are guessed from the trials that run: a later look corrects it."""
    if point.at.seconds is not None and course.start is not None:
        return course.start + timedelta(seconds=point.at.seconds)
    if point.at.gpu_seconds is None or history is None:
        return None
    rate = course.gpus * len(history.running)
    left = point.at.gpu_seconds - gpu_seconds(history, course)
    return course.now + timedelta(seconds=left / rate) if rate else None
