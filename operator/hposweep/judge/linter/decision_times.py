"""When decision points are due: in their order, within the budget, and while there is something left to decide."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise

from hposweep.api.decisions import Trigger
from hposweep.api.names import TRIAL_CONTAINER
from hposweep.api.spec import Spec
from hposweep.judge.decision_snapshot import trials_at
from hposweep.judge.gpus import gpus_of
from hposweep.judge.linter.finding import error, warning
from hposweep.judge.linter.format import span
from hposweep.judge.linter.rules import LinterRule
from hposweep.model.findings import ContractFinding


def findings(spec: Spec) -> Iterator[ContractFinding]:
    moments = []
    for position, point in enumerate(spec.decision_points):
        path = f"spec.decisionPoints[{position}].at"
        yield from _trials(spec, path, point.at)
        yield from _seconds(spec, path, point.at)
        yield from _gpu_seconds(spec, path, point.at)
        moments += [(*moment, path) for moment in _moments(spec, point.at)]
    for unit in dict.fromkeys(unit for unit, _, _ in moments):
        of_unit = [(value, path) for other, value, path in moments if other == unit]
        for (earlier, before), (later, path) in pairwise(of_unit):
            if later < earlier:
                message = (
                    f"`{path}` comes to {later:g} {unit} and stands after `{before}`, which comes to {earlier:g}; "
                    "put the points into the order in which they are due"
                )
                yield error(LinterRule.DECISIONS_OUT_OF_ORDER, (before, path), message, earlier=earlier, later=later)


def _moments(spec: Spec, at: Trigger) -> Iterator[tuple[str, float]]:
    trials = trials_at(at, spec.trials.max)
    if trials is not None:
        yield "trials", trials
    if at.seconds is not None:
        yield "seconds", at.seconds
    if at.gpu_seconds is not None:
        yield "GPU seconds", at.gpu_seconds


def _trials(spec: Spec, path: str, at: Trigger) -> Iterator[ContractFinding]:
    due, most = trials_at(at, spec.trials.max), spec.trials.max
    if due is None or due < most:
        return
    field = f"{path}.trials" if at.trials is not None else f"{path}.fraction"
    fields = (field, "spec.trials.max")
    if due > most:
        message = f"`{field}` comes to {due} trials, but `spec.trials.max` is {most}: the point is never reached"
        yield error(
            LinterRule.DECISION_BEYOND_BUDGET, fields, f"{message}; lower the one or raise the other", at=due, max=most
        )
    else:
        message = (
            f"`{field}` comes to {due} trials, which are all of `spec.trials.max`: nothing is left to continue or to "
            "stop; decide earlier, or leave it to `spec.success`"
        )
        yield warning(LinterRule.DECISION_AT_THE_END, fields, message, at=due, max=most)


def _seconds(spec: Spec, path: str, at: Trigger) -> Iterator[ContractFinding]:
    deadline = spec.budget.active_deadline_seconds
    if at.seconds is None or deadline is None or at.seconds < deadline:
        return
    message = (
        f"`{path}.seconds` is {span(at.seconds)}, but `spec.budget.activeDeadlineSeconds` ends the sweep after "
        f"{span(deadline)}: the point is never reached; lower the one or raise the other"
    )
    fields = (f"{path}.seconds", "spec.budget.activeDeadlineSeconds")
    yield error(LinterRule.DECISION_BEYOND_BUDGET, fields, message, at=at.seconds, deadline=deadline)


def _gpu_seconds(spec: Spec, path: str, at: Trigger) -> Iterator[ContractFinding]:
    if at.gpu_seconds is None:
        return
    field, gpus, deadline = f"{path}.gpuSeconds", gpus_of(spec.workers), spec.budget.active_deadline_seconds
    workers = spec.workers.replicas
    if gpus == 0:
        message = (
            f"`{field}` is {at.gpu_seconds}, but container `{TRIAL_CONTAINER}` of `spec.workers.template` has no limit "
            "on a GPU (`nvidia.com/gpu`, say): none is ever counted; give it one, or use `seconds`"
        )
        yield error(LinterRule.DECISION_BEYOND_BUDGET, (field, "spec.workers.template"), message, at=at.gpu_seconds)
    elif deadline is not None and workers > 0 and at.gpu_seconds > deadline * workers * gpus:
        most = deadline * workers * gpus
        message = (
            f"`{field}` is {at.gpu_seconds}, but {workers} workers with {gpus} GPUs each have {most} GPU seconds until "
            f"`spec.budget.activeDeadlineSeconds` ({span(deadline)}): the point is never reached"
        )
        fields = (field, "spec.budget.activeDeadlineSeconds", "spec.workers.replicas")
        yield error(LinterRule.DECISION_BEYOND_BUDGET, fields, message, at=at.gpu_seconds, most=most)
