"""A running trial takes far longer than the others did. Listed in `rules`."""

from __future__ import annotations

from collections import Counter

from hposweep.judge.activity import ages_seconds, durations_seconds
from hposweep.judge.health.rule import Diagnosis, HealthRule
from hposweep.judge.health.view import View
from hposweep.judge.statistics import quantile
from hposweep.model.findings import Severity
from hpotrial.protocol import NODE_NAME, POD_NAME

MIN_TRIALS = 10
TIMES_LONGER = 3.0
_MAX_NAMED = 5


def _check(view: View) -> Diagnosis | None:
    """Fire when a trial is older than `maxTrialSeconds` and than 3 times the 95th percentile of finished trials."""
    if view.evidence.has_ended:
        return None
    limit, origin = _limit(view)
    if limit is None:
        return None
    numbers = sorted(number for number, age in ages_seconds(view.evidence).items() if age > limit)
    if not numbers:
        return None
    attributes = {trial.number: trial.attributes for trial in view.history.running}
    names = [_name(number, attributes.get(number, {}).get(POD_NAME)) for number in numbers[:_MAX_NAMED]]
    if len(numbers) > _MAX_NAMED:
        names.append(f"{len(numbers) - _MAX_NAMED} more")
    nodes = Counter(
        str(attributes[number][NODE_NAME]) for number in numbers if attributes.get(number, {}).get(NODE_NAME)
    )
    common_node = (
        f", all on node {next(iter(nodes))}"
        if len(numbers) > 1 and nodes.total() == len(numbers) == max(nodes.values())
        else ""
    )
    has = "has" if len(numbers) == 1 else "have"
    message = (
        f"{', '.join(names)} {has} run for longer than {limit:.0f} s ({origin}){common_node}. Likely: slow or missing "
        "data, a process that waits for another one, a shared GPU, or parameters that make a trial long"
    )
    action = "read the log of the trial's pod; set `spec.trials.timeoutSeconds` to end such trials automatically"
    if view.spec.trials.timeout_seconds is not None and view.spec.trials.timeout_seconds > limit:
        action = (
            "read the log of the trial's pod; `spec.trials.timeoutSeconds` ends it after "
            f"{view.spec.trials.timeout_seconds} s, and can be lowered"
        )
    return Diagnosis(message, action)


def _next_check_seconds(view: View) -> float | None:
    """Return the seconds until the next running trial is slow; trials that are slow already do not count."""
    limit = None if view.evidence.has_ended else _limit(view)[0]
    if limit is None:
        return None
    waits = (limit - age for age in ages_seconds(view.evidence).values())
    return min((seconds for seconds in waits if seconds >= 0), default=None)


def _limit(view: View) -> tuple[float | None, str]:
    configured, durations = view.spec.health.max_trial_seconds, durations_seconds(view.history)
    if len(durations) < MIN_TRIALS:
        return configured, "`spec.health.maxTrialSeconds`"
    typical = view.history.remember("health.usual_seconds", lambda: quantile(durations, 0.95))
    if configured is not None and configured >= TIMES_LONGER * typical:
        return configured, "`spec.health.maxTrialSeconds`"
    return TIMES_LONGER * typical, f"3 times the 95th percentile of {len(durations)} finished trials"


def _name(number: int, pod: object) -> str:
    return f"trial {number} in pod {pod}" if pod else f"trial {number}"


RULE = HealthRule("SlowTrials", Severity.WARNING, _check, _next_check_seconds)
