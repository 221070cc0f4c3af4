"""A trial takes longer than `spec.health.maxTrialSeconds`, or without that limit far longer than the others did.

Listed in `rules`. With the limit, the last finished trials count as well, so that a sweep whose every trial is too long
does not turn healthy whenever a new one starts.
"""

from __future__ import annotations

from hposweep.judge.activity import ages_seconds, durations_seconds
from hposweep.judge.health.rule import Diagnosis, HealthRule
from hposweep.judge.health.view import View
from hposweep.judge.statistics import quantile
from hposweep.model.findings import Severity
from hposweep.text import count, duration
from hpotrial.protocol import NODE_NAME, POD_NAME

MIN_TRIALS = 10
TIMES_LONGER = 3.0
MIN_SECONDS = 60.0  # no shorter trial is worth a look, unless the user's own limit says so
READ_LOG = "read the log of the trial's pod"  # a run without a cluster says it in its own words
ADOPTED_LIKELY = (
    "No worker of this sweep runs such a trial, and the sweep waits for it. Likely: the program that started it before "
    "the study was adopted has ended"
)
ADOPTED_ACTION = "if so, set `spec.study.adoptStaleSeconds` in a new sweep, which fails such a trial after that time"
_MAX_NAMED = 5
_MIN_ON_NODE = 2


def _check(view: View) -> Diagnosis | None:
    """Fire when a running trial is older than the limit, or one of the last finished ones was."""
    limit, origin = _limit(view)
    if limit is None:
        return None
    ages = {} if view.evidence.has_ended else ages_seconds(view.evidence)
    numbers = sorted(number for number, age in ages.items() if age > limit)
    finished = _finished_message(view)
    if not numbers and not finished:
        return None
    running = f"{_running_message(view, numbers)} for longer than {limit:.0f} s ({origin}){_common_node(view, numbers)}"
    if _are_of_another_program(view, numbers) and not finished:
        return Diagnosis(f"{running}. {ADOPTED_LIKELY}", ADOPTED_ACTION)
    likely = (
        "Likely: slow or missing data, a process that waits for another one, a shared GPU, or parameters that make a "
        "trial long"
    )
    message = f"{'; '.join(part for part in (running if numbers else '', finished) if part)}. {likely}"
    return Diagnosis(message, _action(view, limit))


def _are_of_another_program(view: View, numbers: list[int]) -> bool:
    """Return whether the trials are of an adopted study and no worker of the sweep runs any of them."""
    pods = {trial.number: trial.attributes.get(POD_NAME) for trial in view.history.running}
    return view.spec.study.adopt and not any(pods.get(number) for number in numbers)


def _running_message(view: View, numbers: list[int]) -> str:
    attributes = {trial.number: trial.attributes for trial in view.history.running}
    names = [_name(number, attributes.get(number, {}).get(POD_NAME)) for number in numbers[:_MAX_NAMED]]
    if len(numbers) > _MAX_NAMED:
        names.append(f"{len(numbers) - _MAX_NAMED} more")
    return f"{', '.join(names)} {'has' if len(numbers) == 1 else 'have'} run"


def _common_node(view: View, numbers: list[int]) -> str:
    """Return the node of all slow trials; "" when it says nothing, because all other trials run there as well."""
    nodes = {trial.number: trial.attributes.get(NODE_NAME) for trial in view.history.trials}
    slow = {nodes.pop(number, None) for number in numbers}
    if len(numbers) < _MIN_ON_NODE or len(slow) != 1 or None in slow or {*nodes.values(), None} == {*slow, None}:
        return ""
    return f", all on node {slow.pop()}"


def _finished_message(view: View) -> str:
    """Return how many of the last finished trials were longer than the user's limit; "" when none was."""
    limit = view.spec.health.max_trial_seconds
    if limit is None:
        return ""
    last = [trial for trial in view.history.finished if trial.seconds is not None]
    last = last[-max(MIN_TRIALS, 2 * view.evidence.workers) :]
    seconds = {trial.number: trial.seconds for trial in last if trial.seconds is not None and trial.seconds > limit}
    if not seconds:
        return ""
    longest = max(seconds, key=lambda number: (seconds[number], number))
    return (
        f"{len(seconds)} of the last {count(len(last), 'finished trial')} took longer than {limit} s "
        f"(`spec.health.maxTrialSeconds`), at most {duration(seconds[longest])} (trial {longest})"
    )


def _action(view: View, limit: float) -> str:
    timeout = view.spec.trials.timeout_seconds
    if timeout is None or timeout <= limit:
        return f"{READ_LOG}; set `spec.trials.timeoutSeconds` to end such trials automatically"
    return f"{READ_LOG}; `spec.trials.timeoutSeconds` ends it after {timeout} s, and can be lowered"


def _next_check_seconds(view: View) -> float | None:
    """Return the seconds until the next running trial is slow; trials that are slow already do not count."""
    limit = None if view.evidence.has_ended else _limit(view)[0]
    if limit is None:
        return None
    waits = (limit - age for age in ages_seconds(view.evidence).values())
    return min((seconds for seconds in waits if seconds >= 0), default=None)


def _limit(view: View) -> tuple[float | None, str]:
    """Return the limit and its origin: the user's own, whatever is usual, else a multiple of what is usual."""
    configured, durations = view.spec.health.max_trial_seconds, durations_seconds(view.history)
    if configured is not None:
        return configured, "`spec.health.maxTrialSeconds`"
    if len(durations) < MIN_TRIALS:
        return None, ""
    typical = view.history.remember("health.usual_seconds", lambda: quantile(durations, 0.95))
    if TIMES_LONGER * typical < MIN_SECONDS:
        return MIN_SECONDS, f"trials usually take {duration(typical)} at most"
    return TIMES_LONGER * typical, f"3 times the 95th percentile of {len(durations)} finished trials"


def _name(number: int, pod: object) -> str:
    return f"trial {number} in pod {pod}" if pod else f"trial {number}"


RULE = HealthRule("SlowTrials", Severity.WARNING, _check, _next_check_seconds)
