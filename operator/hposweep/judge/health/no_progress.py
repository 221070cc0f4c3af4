"""Workers run, and no trial comes to its end. Asked by `findings`."""

from __future__ import annotations

from collections import Counter

import numpy as np

from hposweep.judge.activity import ages_seconds, by_finish, covered_seconds, durations_seconds, unreachable_since
from hposweep.judge.health.rule import Diagnosis, HealthRule
from hposweep.judge.health.view import View
from hposweep.model.findings import Severity
from hposweep.model.history import Trial
from hpotrial.protocol import CLASS

TIMES_LONGER = 3.0


def _check(view: View) -> Diagnosis | None:
    """Counted is the time in which trials ran since the last finish: a sweep that was suspended did not stand still."""
    if not _can_tell(view) or _idle_seconds(view) <= _limit_seconds(view):
        return None
    done, limit, lost = by_finish(view.history), _limit_seconds(view), _lost_since_the_last(view)
    last = done[-1][0] if done else None
    since = f"since trial {done[-1][1].number} at {last:%Y-%m-%d %H:%M:%S}" if last is not None else "so far"
    message = (
        f"trials ran for more than {limit:.0f} s, and none has finished {since}. Likely: {_lost(lost)}trials that wait "
        "for ever (data, a lock, another process), a database that the workers cannot reach to tell their results, or "
        "trials that are longer than `spec.health.noProgressSeconds` thinks"
    )
    action = (
        "look at the logs of the workers; `spec.trials.timeoutSeconds` bounds a trial, and a larger "
        "`spec.health.noProgressSeconds` allows longer ones"
    )
    return Diagnosis(message, action)


def _next_check_seconds(view: View) -> float | None:
    """Until that is so, if the trials that run go on; None when it is, or none runs."""
    if not _can_tell(view) or not ages_seconds(view.evidence):
        return None
    left = _limit_seconds(view) - _idle_seconds(view)
    return left if left >= 0 else None


def _can_tell(view: View) -> bool:
    return view.is_live and bool(by_finish(view.history) or not view.history.finished)


def _lost_since_the_last(view: View) -> tuple[Trial, ...]:
    done = by_finish(view.history)
    return view.history.remember("health.lost", lambda: unreachable_since(view.history, done[-1][0] if done else None))


def _idle_seconds(view: View) -> float:
    """In which trials ran, since the last one finished."""
    done, now = by_finish(view.history), view.now.timestamp()
    spans = [(now - age, now) for age in ages_seconds(view.evidence).values()]
    lost = _lost_since_the_last(view)
    spans += [(end - (trial.seconds or 0.0), end) for trial in lost if (end := _end(trial)) is not None]
    return covered_seconds(spans, done[-1][0].timestamp() if done else float("-inf"))


def _limit_seconds(view: View) -> float:
    durations, asked = durations_seconds(view.history), float(view.spec.health.no_progress_seconds)
    if not durations:
        return asked
    median = view.history.remember("health.median_seconds", lambda: float(np.median(durations)))
    return max(asked, TIMES_LONGER * median)


def _end(trial: Trial) -> float | None:
    return trial.completed.timestamp() if trial.completed is not None else None


def _lost(lost: tuple[Trial, ...]) -> str:
    if not lost:
        return ""
    classes = Counter(str(trial.attributes.get(CLASS) or "no class") for trial in lost)
    words = ", ".join(f"{name} {count}" for name, count in sorted(classes.items(), key=lambda item: -item[1]))
    return f"workers that are taken away before a trial is done ({len(lost)} tries were lost: {words}), "


RULE = HealthRule("NoProgress", Severity.WARNING, _check, _next_check_seconds)
