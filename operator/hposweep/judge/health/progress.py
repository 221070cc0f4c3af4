"""Workers run, and no trial comes to its end. Asked by `findings`."""

from __future__ import annotations

from collections import Counter

import numpy as np

from hposweep.api.conditions import NO_PROGRESS
from hposweep.judge.activity import ages_seconds, by_finish, covered_seconds, durations_seconds, lost_since
from hposweep.judge.health.view import View
from hposweep.model.findings import HealthFinding, Severity
from hposweep.model.history import Trial
from hpotrial.contract import CLASS

TIMES_LONGER = 3.0


def no_progress(view: View) -> HealthFinding | None:
    """Counted is the time in which trials ran since the last finish: a sweep that was suspended did not stand still."""
    done = by_finish(view.history)
    if not view.is_live or (view.history.finished and not done):
        return None
    last = done[-1][0] if done else None
    limit = _limit_seconds(view)
    lost = lost_since(view.history, last)
    now = view.now.timestamp()
    spans = [(now - age, now) for age in ages_seconds(view.evidence).values()]
    spans += [(end - (trial.seconds or 0.0), end) for trial in lost if (end := _end(trial)) is not None]
    if covered_seconds(spans, last.timestamp() if last is not None else float("-inf")) <= limit:
        return None
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
    return HealthFinding(NO_PROGRESS, Severity.WARNING, message, action)


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
