"""Workers run, but no trial finishes. Listed in `rules`."""

from __future__ import annotations

from collections import Counter

import numpy as np

from hposweep.judge.activity import ages_seconds, by_finish, covered_seconds, durations_seconds, uncharged_since
from hposweep.judge.health.rule import Diagnosis, HealthRule
from hposweep.judge.health.view import View
from hposweep.model.findings import Severity
from hposweep.model.history import Trial
from hpotrial.protocol import CLASS

TIMES_LONGER = 3.0


def _check(view: View) -> Diagnosis | None:
    """Fire when trials ran for too long since the last finish; time without running trials does not count."""
    if not _can_tell(view) or _idle_seconds(view) <= _limit_seconds(view):
        return None
    finished, limit, lost_trials = by_finish(view.history), _limit_seconds(view), _lost_since_last_finish(view)
    last = finished[-1][0] if finished else None
    since = f"since trial {finished[-1][1].number} at {last:%Y-%m-%d %H:%M:%S}" if last is not None else "so far"
    message = (
        f"no trial has finished {since}, although trials ran for more than {limit:.0f} s. Likely: "
        f"{_lost_cause(lost_trials)}trials that hang (data, a lock, another process), workers that cannot reach the "
        "database to report results, or trials that take longer than `spec.health.noProgressSeconds`"
    )
    action = (
        "read the logs of the workers; set `spec.trials.timeoutSeconds` to end hanging trials, or raise "
        "`spec.health.noProgressSeconds` for long ones"
    )
    return Diagnosis(message, action)


def _next_check_seconds(view: View) -> float | None:
    """Return the seconds until the rule fires if the running trials continue; None when it has, or none runs."""
    if not _can_tell(view) or not ages_seconds(view.evidence):
        return None
    seconds = _limit_seconds(view) - _idle_seconds(view)
    return seconds if seconds >= 0 else None


def _can_tell(view: View) -> bool:
    return view.is_live and bool(by_finish(view.history) or not view.history.finished)


def _lost_since_last_finish(view: View) -> tuple[Trial, ...]:
    finished = by_finish(view.history)
    last = finished[-1][0] if finished else None
    return view.history.remember("health.lost", lambda: uncharged_since(view.history, last))


def _idle_seconds(view: View) -> float:
    """Return the seconds in which trials ran since the last one finished."""
    finished, now = by_finish(view.history), view.now.timestamp()
    spans = [(now - age, now) for age in ages_seconds(view.evidence).values()]
    lost_trials = _lost_since_last_finish(view)
    spans += [(end - (trial.seconds or 0.0), end) for trial in lost_trials if (end := _end(trial)) is not None]
    return covered_seconds(spans, finished[-1][0].timestamp() if finished else float("-inf"))


def _limit_seconds(view: View) -> float:
    durations, configured = durations_seconds(view.history), float(view.spec.health.no_progress_seconds)
    if not durations:
        return configured
    median = view.history.remember("health.median_seconds", lambda: float(np.median(durations)))
    return max(configured, TIMES_LONGER * median)


def _end(trial: Trial) -> float | None:
    return trial.completed.timestamp() if trial.completed is not None else None


def _lost_cause(trials: tuple[Trial, ...]) -> str:
    if not trials:
        return ""
    classes = Counter(str(trial.attributes.get(CLASS) or "no class") for trial in trials)
    summary = ", ".join(f"{name} {count}" for name, count in sorted(classes.items(), key=lambda item: -item[1]))
    return f"workers that are removed before a trial finishes (lost trials: {summary}), "


RULE = HealthRule("NoProgress", Severity.WARNING, _check, _next_check_seconds)
