"""Hours and workers: can so many trials run in that time, and in the time that somebody counts on?"""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass

from hposweep.api.spec import Spec
from hposweep.judge.linter.finding import error, warning
from hposweep.judge.linter.format import span
from hposweep.judge.linter.rules import LinterRule
from hposweep.model.findings import ContractFinding


@dataclass(frozen=True, slots=True)
class SchedulePace:
    """How long one trial takes: what the baseline's took, or the most that it may take."""

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
    workers, most = spec.workers.replicas, spec.trials.max
    if workers > most >= 1:
        message = (
            f"`spec.workers.replicas` is {workers}, but `spec.trials.max` is {most}: {workers - most} have nothing to "
            "do"
        )
        fields = ("spec.workers.replicas", "spec.trials.max")
        yield warning(LinterRule.MORE_WORKERS_THAN_TRIALS, fields, message, workers=workers, trials=most)


def pace_of(spec: Spec) -> SchedulePace | None:
    """What was measured counts more than what is allowed, and what is called slow more than what is ended."""
    measured = spec.baseline.trial_seconds if spec.baseline is not None else None
    if measured:
        return SchedulePace(measured, "spec.baseline.trialSeconds", is_limit=False)
    limits = (
        SchedulePace(spec.trials.timeout_seconds or 0, "spec.trials.timeoutSeconds", is_limit=True),
        SchedulePace(spec.health.max_trial_seconds or 0, "spec.health.maxTrialSeconds", is_limit=True),
    )
    return min((pace for pace in limits if pace.seconds > 0), key=lambda pace: pace.seconds, default=None)


def _deadline(spec: Spec, pace: SchedulePace) -> Iterator[ContractFinding]:
    deadline, workers, most = spec.budget.active_deadline_seconds, spec.workers.replicas, spec.trials.max
    if deadline is None:
        return
    each = math.floor(deadline / pace.seconds)
    fit = each * workers
    if fit >= most:
        return
    needed = math.ceil(most / workers) * pace.seconds
    message = (
        f"`spec.budget.activeDeadlineSeconds` is {span(deadline)}: {workers} workers run {fit} trials of "
        f"{span(pace.seconds)} (`{pace.field}`) in it, one worker {each}, but `spec.trials.max` is {most}; "
        f"{most} trials need {span(needed)}: raise the deadline, add workers or lower "
        f"`spec.trials.max`{_or_measure(pace)}"
    )
    fields = ("spec.budget.activeDeadlineSeconds", pace.field, "spec.workers.replicas", "spec.trials.max")
    make = error if fit < most / 2 else warning
    numbers = {"deadline": deadline, "trial_seconds": pace.seconds, "workers": workers, "trials": most}
    yield make(LinterRule.DEADLINE_TOO_SHORT, fields, message, fit=fit, fit_one_worker=each, needed=needed, **numbers)


def _expected(spec: Spec, pace: SchedulePace) -> Iterator[ContractFinding]:
    expected, workers, most = spec.budget.expected_seconds, spec.workers.replicas, spec.trials.max
    estimate = most * pace.seconds / workers
    if expected is None or estimate <= expected:
        return
    upper = "up to " if pace.is_limit else ""
    message = (
        f"{most} trials of {upper}{span(pace.seconds)} (`{pace.field}`) by {workers} workers take "
        f"{upper}{span(estimate)}, but `spec.budget.expectedSeconds` is {span(expected)}: expect more time, add "
        f"workers or lower `spec.trials.max`{_or_measure(pace)}"
    )
    fields = ("spec.budget.expectedSeconds", pace.field, "spec.workers.replicas", "spec.trials.max")
    yield warning(
        LinterRule.LONGER_THAN_EXPECTED, fields, message, expected=expected, estimate=estimate, workers=workers
    )


def _or_measure(pace: SchedulePace) -> str:
    return "; if trials are shorter than that, say so in `spec.health.maxTrialSeconds`" if pace.is_limit else ""


def _expected_beyond_deadline(spec: Spec) -> Iterator[ContractFinding]:
    expected, deadline = spec.budget.expected_seconds, spec.budget.active_deadline_seconds
    if expected is not None and deadline is not None and expected > deadline:
        message = (
            f"`spec.budget.expectedSeconds` is {span(expected)}, but `spec.budget.activeDeadlineSeconds` ends the "
            f"sweep after {span(deadline)}; raise the deadline above what is expected"
        )
        fields = ("spec.budget.expectedSeconds", "spec.budget.activeDeadlineSeconds")
        yield warning(LinterRule.EXPECTED_BEYOND_DEADLINE, fields, message, expected=expected, deadline=deadline)


def _limits(spec: Spec) -> Iterator[ContractFinding]:
    slow, timeout = spec.health.max_trial_seconds, spec.trials.timeout_seconds
    if slow is not None and timeout is not None and slow > timeout:
        message = (
            f"`spec.health.maxTrialSeconds` is {span(slow)}, but `spec.trials.timeoutSeconds` ends a trial after "
            f"{span(timeout)}: none is ever seen to be slow; lower the one or raise the other"
        )
        fields = ("spec.health.maxTrialSeconds", "spec.trials.timeoutSeconds")
        yield warning(LinterRule.SLOW_LIMIT_BEYOND_TIMEOUT, fields, message, slow=slow, timeout=timeout)
