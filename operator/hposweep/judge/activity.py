"""Ages, durations and finish times of trials. Called by the rules of health and by `forecast`."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from hposweep.judge.evidence import Evidence
from hposweep.model.history import FAIL, History, Trial


def ages_seconds(evidence: Evidence) -> dict[int, float]:
    """Return the age of each running trial, by number.

    The study is read in every pass, the history may be older.
    """
    ages: dict[int, float] = {}
    if evidence.history is not None:
        ages = {trial.number: trial.seconds for trial in evidence.history.running if trial.seconds is not None}
    if evidence.study is not None and evidence.study.running:
        ages = {trial.number: trial.age_seconds for trial in evidence.study.running}
    return ages


def durations_seconds(history: History) -> tuple[float, ...]:
    """Return the durations of the finished trials, as far as they are known."""
    return history.remember(
        "activity.durations",
        lambda: tuple(trial.seconds for trial in history.finished if trial.seconds is not None),
    )


def by_finish(history: History) -> tuple[tuple[datetime, Trial], ...]:
    """Return the finished trials by the time at which they finished, as far as it is known."""
    return history.remember(
        "activity.by_finish",
        lambda: tuple(
            sorted(
                ((trial.completed, trial) for trial in history.finished if trial.completed is not None),
                key=lambda pair: (pair[0], pair[1].number),
            )
        ),
    )


def uncharged_since(history: History, since: datetime | None) -> tuple[Trial, ...]:
    """Return the trials that failed after a moment without charge, because their worker was lost or requeued them."""
    return tuple(
        trial
        for trial in history.trials
        if trial.state == FAIL
        and not trial.is_charged
        and trial.completed is not None
        and (since is None or trial.completed > since)
    )


def covered_seconds(spans: Iterable[tuple[float, float]], since: float) -> float:
    """Return the length of the union of the spans, without the part before `since`."""
    total, latest_end = 0.0, since
    for start, end in sorted(spans):
        if end > latest_end:
            total += end - max(start, latest_end)
            latest_end = end
    return total
