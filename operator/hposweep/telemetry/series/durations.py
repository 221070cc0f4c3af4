"""Durations and times of trials. Timestamps rather than ages, so that a query computes the age at its own time."""

from __future__ import annotations

from datetime import datetime, timedelta

from hposweep.telemetry.definition import HISTOGRAM, Definition
from hposweep.telemetry.facts import DURATION_BUCKETS_SECONDS
from hposweep.telemetry.series.series import Rows, Series, Snapshot, gauge, timestamp


def _durations(snapshot: Snapshot) -> Rows:
    durations = snapshot.facts.durations
    return () if durations is None else (((), durations),)


def _oldest_running(snapshot: Snapshot) -> Rows:
    facts = snapshot.facts
    if facts.observed is None or facts.oldest_running_seconds is None or snapshot.status.trials.running == 0:
        return ()
    return timestamp(facts.observed - timedelta(seconds=facts.oldest_running_seconds))


def _improved(snapshot: Snapshot) -> datetime | None:
    best = snapshot.status.best
    return snapshot.facts.improved or (best.time if best is not None else None)


SERIES: tuple[Series, ...] = (
    Series(
        Definition(
            "hposweep_trial_duration_seconds",
            HISTOGRAM,
            "Durations of the finished trials: complete, pruned, and failed by their own fault.",
            buckets=DURATION_BUCKETS_SECONDS,
        ),
        _durations,
    ),
    gauge(
        "hposweep_oldest_running_trial_start_timestamp_seconds",
        "When the trial that runs the longest began. Absent while none runs.",
        _oldest_running,
    ),
    gauge(
        "hposweep_last_trial_finished_timestamp_seconds",
        "When the last trial finished. Absent before the first.",
        lambda snapshot: timestamp(snapshot.facts.finished),
    ),
    gauge(
        "hposweep_last_improvement_timestamp_seconds",
        "When the trial with the best value ended; with several objectives, the latest of them. Absent before the "
        "first complete trial.",
        lambda snapshot: timestamp(_improved(snapshot)),
    ),
)
