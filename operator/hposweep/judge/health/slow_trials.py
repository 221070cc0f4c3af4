"""A trial runs far longer than the others did. Asked by `findings`."""

from __future__ import annotations

from collections import Counter

from hposweep.judge.activity import ages_seconds, durations_seconds
from hposweep.judge.health.rule import Diagnosis, HealthRule
from hposweep.judge.health.view import View
from hposweep.judge.statistics import quantile
from hposweep.model.findings import Severity
from hpotrial.protocol import NODE_NAME, POD_NAME

LEAST_TRIALS = 10
TIMES_LONGER = 3.0
_SHOWN = 5


def _check(view: View) -> Diagnosis | None:
    """Older than `maxTrialSeconds` and than 3 times the 95th percentile of the finished ones."""
    if view.evidence.has_ended:
        return None
    limit, why = _limit(view)
    if limit is None:
        return None
    slow = sorted(number for number, age in ages_seconds(view.evidence).items() if age > limit)
    if not slow:
        return None
    where = {trial.number: trial.attributes for trial in view.history.running}
    shown = [_where(number, where.get(number, {}).get(POD_NAME)) for number in slow[:_SHOWN]]
    if len(slow) > _SHOWN:
        shown.append(f"{len(slow) - _SHOWN} more")
    nodes = Counter(str(where[number][NODE_NAME]) for number in slow if where.get(number, {}).get(NODE_NAME))
    culprit = (
        f"; all of them on node {next(iter(nodes))}"
        if len(slow) > 1 and nodes.total() == len(slow) == max(nodes.values())
        else ""
    )
    have = "has" if len(slow) == 1 else "have"
    message = (
        f"{', '.join(shown)} {have} run for longer than {limit:.0f} s ({why}){culprit}. Likely: data that is read "
        "slowly or not at all, a process that waits for another one, a GPU shared with somebody, parameters that make "
        "a trial long"
    )
    action = "look at the log of the trial's pod; `spec.trials.timeoutSeconds` ends such trials by itself"
    if view.spec.trials.timeout_seconds is not None and view.spec.trials.timeout_seconds > limit:
        action = (
            f"look at the log of the trial's pod; `spec.trials.timeoutSeconds` ({view.spec.trials.timeout_seconds}) "
            "ends it, and may be lower"
        )
    return Diagnosis(message, action)


def _next_check_seconds(view: View) -> float | None:
    """Until the next running trial is slow; those that are by now have been told."""
    limit = None if view.evidence.has_ended else _limit(view)[0]
    if limit is None:
        return None
    left = (limit - age for age in ages_seconds(view.evidence).values())
    return min((seconds for seconds in left if seconds >= 0), default=None)


def _limit(view: View) -> tuple[float | None, str]:
    asked, durations = view.spec.health.max_trial_seconds, durations_seconds(view.history)
    if len(durations) < LEAST_TRIALS:
        return asked, "`spec.health.maxTrialSeconds`"
    usual = view.history.remember("health.usual_seconds", lambda: quantile(durations, 0.95))
    if asked is not None and asked >= TIMES_LONGER * usual:
        return asked, "`spec.health.maxTrialSeconds`"
    return TIMES_LONGER * usual, f"3 times the 95th percentile of {len(durations)} finished trials"


def _where(number: int, pod: object) -> str:
    return f"trial {number} in pod {pod}" if pod else f"trial {number}"


RULE = HealthRule("SlowTrials", Severity.WARNING, _check, _next_check_seconds)
