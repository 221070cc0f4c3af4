"""When decision points are due: in order, within the budget, and while something is left to decide.

`gpu_seconds` has the rules about GPU seconds.
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise

from hposweep.api.decisions import Trigger
from hposweep.api.spec import Spec
from hposweep.judge.decision_snapshot import trials_at
from hposweep.judge.linter.finding import error, warning
from hposweep.judge.linter.format import span
from hposweep.judge.linter.rules import LinterRule
from hposweep.model.findings import ContractFinding

_NEVER = "The point is never reached."


def findings(spec: Spec) -> Iterator[ContractFinding]:
    times = []
    for position, point in enumerate(spec.decision_points):
        path = f"spec.decisionPoints[{position}].at"
        yield from _trials(spec, path, point.at)
        yield from _seconds(spec, path, point.at)
        times += [(*time, path) for time in _times(spec, point.at)]
    for unit in dict.fromkeys(unit for unit, _, _ in times):
        of_unit = [(value, path) for other, value, path in times if other == unit]
        for (earlier, before), (later, path) in pairwise(of_unit):
            if later < earlier:
                sentence = (
                    f"due at {earlier:g} {unit}, but `{path}` follows and is due at {later:g}. Swap the two points."
                )
                yield error(LinterRule.DECISIONS_OUT_OF_ORDER, (before, path), sentence, earlier=earlier, later=later)


def _times(spec: Spec, at: Trigger) -> Iterator[tuple[str, float]]:
    trials = trials_at(at, spec.trials.max)
    if trials is not None:
        yield "trials", trials
    if at.seconds is not None:
        yield "seconds", at.seconds
    if at.gpu_seconds is not None:
        yield "GPU seconds", at.gpu_seconds


def _trials(spec: Spec, path: str, at: Trigger) -> Iterator[ContractFinding]:
    due, max_trials = trials_at(at, spec.trials.max), spec.trials.max
    if due is None or due < max_trials:
        return
    field = f"{path}.trials" if at.trials is not None else f"{path}.fraction"
    fields, numbers = (field, "spec.trials.max"), {"at": due, "max": max_trials}
    if due > max_trials:
        sentence = f"due at {due} trials, but `spec.trials.max` is {max_trials}. Lower it, or raise the budget."
        yield error(LinterRule.DECISION_BEYOND_BUDGET, fields, sentence, _NEVER, **numbers)
    else:
        sentence = (
            f"due at {due} trials, which are all of `spec.trials.max`: nothing is left to decide. Decide earlier."
        )
        detail = "The sweep cannot continue or stop then. To judge its end, use `spec.success`."
        yield warning(LinterRule.DECISION_AT_THE_END, fields, sentence, detail, **numbers)


def _seconds(spec: Spec, path: str, at: Trigger) -> Iterator[ContractFinding]:
    deadline = spec.budget.active_deadline_seconds
    if at.seconds is None or deadline is None or at.seconds < deadline:
        return
    fields = (f"{path}.seconds", "spec.budget.activeDeadlineSeconds")
    sentence = f"due at {span(at.seconds)}, but `{fields[1]}` ends the sweep at {span(deadline)}. Decide earlier."
    detail = f"{_NEVER} Or raise the deadline."
    yield error(LinterRule.DECISION_BEYOND_BUDGET, fields, sentence, detail, at=at.seconds, deadline=deadline)
