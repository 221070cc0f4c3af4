"""When trials ran, by the pod that ran them, and what for. Called by `ledger`."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from hposweep.model.history import COMPLETE, PRUNED, RUNNING, History, Trial
from hposweep.model.trials import Study
from hpotrial import protocol

_EARLIEST, _MAX_SECONDS = datetime(2000, 1, 1, tzinfo=UTC), 1e8  # of a trial: three years
# Ends of a trial that were not its own fault.
_PREEMPTIONS = (*protocol.INFRASTRUCTURE_CLASSES, protocol.TERMINATED)


@dataclass(frozen=True, slots=True)
class TrialSpan:
    """The time of one trial, and its use: a field of `GpuSeconds`."""

    begin: datetime
    end: datetime
    use: str


def ended_spans(history: History) -> Mapping[str, Sequence[TrialSpan]]:
    """Return the spans of the trials that have ended, by pod uid. Trials of other programs have no pod."""
    return history.remember("ledger.spans", lambda: _ended_spans(history))


def running_spans(study: Study, now: datetime, *, use: str = "training") -> Mapping[str, Sequence[TrialSpan]]:
    """Return the spans of the running trials until now, by pod uid."""
    spans: dict[str, list[TrialSpan]] = {}
    for trial in study.running:
        if trial.pod_uid is not None:
            begin = now - _length(trial.age_seconds)
            spans.setdefault(trial.pod_uid, []).append(TrialSpan(begin, now, use))
    return spans


def _ended_spans(history: History) -> Mapping[str, Sequence[TrialSpan]]:
    spans: dict[str, list[TrialSpan]] = {}
    for trial in history.trials:
        uid = trial.attributes.get(protocol.POD_UID)
        end = trial.completed
        if end is not None and end >= _EARLIEST and trial.seconds is not None and trial.state != RUNNING and uid:
            spans.setdefault(str(uid), []).append(TrialSpan(end - _length(trial.seconds), end, use_of(trial)))
    return spans


def _length(seconds: float) -> timedelta:
    """Return the duration within limits, because any client of the database may have written it."""
    return timedelta(seconds=min(max(seconds, 0.0), _MAX_SECONDS)) if math.isfinite(seconds) else timedelta()


def use_of(trial: Trial) -> str:
    """Return the use of a trial that has ended."""
    if trial.state == COMPLETE:
        return "training"
    if trial.state == PRUNED:
        return "pruned"
    return "preempted" if trial.attributes.get(protocol.CLASS) in _PREEMPTIONS else "failed"
