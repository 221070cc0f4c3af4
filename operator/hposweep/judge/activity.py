"""When did trials run? Ages, durations and finish times of a history. Asked by rules of health and by `forecast`."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from hposweep.judge.evidence import Evidence
from hposweep.model.history import FAIL, History, Trial


def ages_seconds(evidence: Evidence) -> dict[int, float]:
    """How long each running trial has run, by number. The study's own are of this pass, the history's may be older."""
    found: dict[int, float] = {}
    if evidence.history is not None:
        found = {trial.number: trial.seconds for trial in evidence.history.running if trial.seconds is not None}
    if evidence.study is not None and evidence.study.running:
        found = {trial.number: trial.age_seconds for trial in evidence.study.running}
    return found


def durations_seconds(history: History) -> tuple[float, ...]:
    """Of the finished trials whose duration is known."""
    return history.remember(
        "activity.durations",
        lambda: tuple(trial.seconds for trial in history.finished if trial.seconds is not None),
    )


def by_finish(history: History) -> tuple[tuple[datetime, Trial], ...]:
    """Finished trials in the order in which they finished, as far as that is known."""
    return history.remember(
        "activity.by_finish",
        lambda: tuple(
            sorted(
                ((trial.completed, trial) for trial in history.finished if trial.completed is not None),
                key=lambda pair: (pair[0], pair[1].number),
            )
        ),
    )


def unreachable_since(history: History, since: datetime | None) -> tuple[Trial, ...]:
    """Tries that ended after a moment without counting: their worker went, or handed them back."""
    return tuple(
        trial
        for trial in history.trials
        if trial.state == FAIL
        and not trial.is_charged
        and trial.completed is not None
        and (since is None or trial.completed > since)
    )


def covered_seconds(spans: Iterable[tuple[float, float]], since: float) -> float:
    """Length of the union of the spans, without what lies before `since`."""
    covered, reached = 0.0, since
    for start, end in sorted(spans):
        if end > reached:
            covered += end - max(start, reached)
            reached = end
    return covered
