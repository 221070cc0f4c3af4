"""Time and workers: can so many trials run before the deadline, and in the time that the user expects?"""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass

from hposweep.api.spec import Spec
from hposweep.judge.linter.finding import error, warning
from hposweep.judge.linter.format import span
from hposweep.judge.linter.rules import LinterRule
from hposweep.model.findings import ContractFinding
from hposweep.text import count


@dataclass(frozen=True, slots=True)
class SchedulePace:
    """The time of one trial: measured by the baseline, or the limit of a trial."""

    seconds: float
    field: str
    is_limit: bool


def findings(spec: Spec) -> Iterator[ContractFinding]:
    pace = pace_of(spec)
    if pace is not None and spec.workers.replicas > 0:
        yield from _deadline(spec, pace)
        yield from _expected(spec, pace)
    yield from _expected_beyond_deadline(spec)
    yield from _limits(spec)
    workers, max_trials = spec.workers.replicas, spec.trials.max
    if workers > max_trials >= 1:
        fields = ("spec.workers.replicas", "spec.trials.max")
        idle = count(workers - max_trials, "worker")
        sentence = f"{workers} workers for at most {count(max_trials, 'trial')} (`{fields[1]}`). Remove {idle}."
        detail = f"{idle} would have nothing to do."
        yield warning(LinterRule.MORE_WORKERS_THAN_TRIALS, fields, sentence, detail, workers=workers, trials=max_trials)


def pace_of(spec: Spec) -> SchedulePace | None:
    """Return the measured time of a trial; without one the smaller of the two limits of a trial."""
    measured = spec.baseline.trial_seconds if spec.baseline is not None else None
    if measured:
        return SchedulePace(measured, "spec.baseline.trialSeconds", is_limit=False)
    limits = (
        SchedulePace(spec.trials.timeout_seconds or 0, "spec.trials.timeoutSeconds", is_limit=True),
        SchedulePace(spec.health.max_trial_seconds or 0, "spec.health.maxTrialSeconds", is_limit=True),
    )
    return min((pace for pace in limits if pace.seconds > 0), key=lambda pace: pace.seconds, default=None)


def _deadline(spec: Spec, pace: SchedulePace) -> Iterator[ContractFinding]:
    deadline, workers, max_trials = spec.budget.active_deadline_seconds, spec.workers.replicas, spec.trials.max
    if deadline is None:
        return
    each = math.floor(deadline / pace.seconds)
    fit = each * workers
    if fit >= max_trials:
        return
    needed = math.ceil(max_trials / workers) * pace.seconds
    runs = f"{count(workers, 'worker')} {'runs' if workers == 1 else 'run'} {count(fit, 'trial')}"
    sentence = f"{runs} in {span(deadline)}, not {max_trials}. Raise it, add workers or lower `spec.trials.max`."
    detail = (
        f"One trial takes {_time(pace)} (`{pace.field}`), so one worker runs {each}; {count(max_trials, 'trial')} "
        f"need {span(needed)}.{_advice(pace)}"
    )
    fields = ("spec.budget.activeDeadlineSeconds", pace.field, "spec.workers.replicas", "spec.trials.max")
    make = error if fit < max_trials / 2 else warning
    numbers = {"deadline": deadline, "trial_seconds": pace.seconds, "workers": workers, "trials": max_trials}
    yield make(
        LinterRule.DEADLINE_TOO_SHORT, fields, sentence, detail, fit=fit, fit_one_worker=each, needed=needed, **numbers
    )


def _expected(spec: Spec, pace: SchedulePace) -> Iterator[ContractFinding]:
    expected, workers, max_trials = spec.budget.expected_seconds, spec.workers.replicas, spec.trials.max
    estimate = max_trials * pace.seconds / workers
    if expected is None or estimate <= expected:
        return
    upper = "up to " if pace.is_limit else ""
    sentence = (
        f"{span(expected)}, but the sweep takes {upper}{span(estimate)}. Expect more, add workers or lower "
        "`spec.trials.max`."
    )
    detail = (
        f"{count(max_trials, 'trial')} of {_time(pace)} (`{pace.field}`) run on {count(workers, 'worker')}."
        f"{_advice(pace)}"
    )
    fields = ("spec.budget.expectedSeconds", pace.field, "spec.workers.replicas", "spec.trials.max")
    numbers = {"expected": expected, "estimate": estimate, "workers": workers}
    yield warning(LinterRule.LONGER_THAN_EXPECTED, fields, sentence, detail, **numbers)


def _time(pace: SchedulePace) -> str:
    return f"{'up to ' if pace.is_limit else ''}{span(pace.seconds)}"


def _advice(pace: SchedulePace) -> str:
    if not pace.is_limit:
        return ""
    field = "spec.health.maxTrialSeconds"
    return " If trials are shorter, lower it." if pace.field == field else f" If trials are shorter, set `{field}`."


def _expected_beyond_deadline(spec: Spec) -> Iterator[ContractFinding]:
    expected, deadline = spec.budget.expected_seconds, spec.budget.active_deadline_seconds
    if expected is not None and deadline is not None and expected > deadline:
        fields = ("spec.budget.expectedSeconds", "spec.budget.activeDeadlineSeconds")
        sentence = f"{span(expected)}, but `{fields[1]}` ends the sweep after {span(deadline)}. Raise the deadline."
        yield warning(LinterRule.EXPECTED_BEYOND_DEADLINE, fields, sentence, expected=expected, deadline=deadline)


def _limits(spec: Spec) -> Iterator[ContractFinding]:
    slow, timeout = spec.health.max_trial_seconds, spec.trials.timeout_seconds
    if slow is not None and timeout is not None and slow > timeout:
        fields = ("spec.health.maxTrialSeconds", "spec.trials.timeoutSeconds")
        sentence = (
            f"{span(slow)}, but `{fields[1]}` ends a trial after {span(timeout)}. Lower it, or raise the timeout."
        )
        detail = "No trial ever counts as slow."
        yield warning(LinterRule.SLOW_LIMIT_BEYOND_TIMEOUT, fields, sentence, detail, slow=slow, timeout=timeout)
