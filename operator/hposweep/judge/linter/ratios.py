"""Counts and ratios of trials: what they are of, and whether one of them makes another superfluous."""

from __future__ import annotations

import math
from collections.abc import Iterator

from hposweep.api.spec import Spec
from hposweep.judge.criteria.registry import kinds_of
from hposweep.judge.linter.criterion_paths import Placed, criteria, lines
from hposweep.judge.linter.finding import error, warning
from hposweep.judge.linter.format import number, percent
from hposweep.judge.linter.rules import LinterRule
from hposweep.model.findings import ContractFinding

_ROUNDING = 1e-9


def findings(spec: Spec) -> Iterator[ContractFinding]:
    for placed in criteria(spec):
        yield from _beyond_budget(spec, placed)
    for tier in spec.success:
        of_tier = [placed for placed in lines(spec) if placed.tier == tier]
        yield from _denominators(spec, of_tier)
        yield from _implied(of_tier)
        for placed in of_tier:
            yield from _health(spec, placed)


def _beyond_budget(spec: Spec, placed: Placed) -> Iterator[ContractFinding]:
    finished = placed.criterion.trials_finished
    if finished is not None and finished.min > spec.trials.max:
        field = f"{placed.path}.trialsFinished.min"
        message = f"`{field}` is {finished.min}, but `spec.trials.max` is {spec.trials.max}: it can never hold"
        fields = (field, "spec.trials.max")
        yield error(LinterRule.TRIALS_BEYOND_BUDGET, fields, message, min=finished.min, max=spec.trials.max)


def _tolerated(placed: Placed) -> tuple[str, float] | None:
    """Return the share of the finished trials that may fail, and the field that sets it."""
    for kind, requirement in kinds_of(placed.criterion):
        tolerance = kind.failure_tolerance(requirement)
        if tolerance is not None:
            return f"{placed.path}.{kind.name}.{tolerance.field}", tolerance.share
    return None


def _denominators(spec: Spec, of_tier: list[Placed]) -> Iterator[ContractFinding]:
    """Finished trials are those that failed, too: so many of them, and so many of them complete, are two numbers."""
    most = spec.trials.max
    for placed in of_tier:
        finished = placed.criterion.trials_finished
        if finished is None or finished.min > most:
            continue
        for field, failed in filter(None, map(_tolerated, of_tier)):
            complete = math.floor((1 - failed) * most + _ROUNDING)
            if finished.min <= complete or failed >= 1:
                continue
            needed = math.ceil(finished.min / (1 - failed) - _ROUNDING)
            count = f"{placed.path}.trialsFinished.min"
            message = (
                f"`{count}` is {finished.min} of {most} trials and counts those that failed, too; `{field}` allows "
                f"{percent(failed)} of them to fail, so that {complete} may be complete; if {finished.min} complete "
                f"ones are meant, `spec.trials.max` must be {needed}; if {complete} are enough, ask for {complete}"
            )
            numbers = {"finished": finished.min, "complete": complete, "max": most, "needed": needed}
            yield warning(LinterRule.DIFFERENT_DENOMINATORS, (count, field, "spec.trials.max"), message, **numbers)


def _implied(of_tier: list[Placed]) -> Iterator[ContractFinding]:
    """Each finished trial is either failed or completed: the two ratios are one."""
    completed = [placed for placed in of_tier if placed.criterion.completed_ratio is not None]
    failed = [placed for placed in of_tier if placed.criterion.failed_ratio is not None]
    for field, one in filter(None, map(_tolerated, completed)):
        for other_field, other in filter(None, map(_tolerated, failed)):
            strict, loose = (field, other_field) if one <= other else (other_field, field)
            message = (
                f"`{field}` allows {percent(one)} of the finished trials to fail and `{other_field}` {percent(other)}: "
                f"the two are one quantity, `{strict}` decides and `{loose}` adds nothing; keep one of them"
            )
            yield warning(LinterRule.RATIOS_IMPLY_EACH_OTHER, (field, other_field), message, one=one, other=other)


def _health(spec: Spec, placed: Placed) -> Iterator[ContractFinding]:
    found, watched = _tolerated(placed), spec.health.max_failed_ratio
    if found is None or math.isclose(found[1], watched, abs_tol=_ROUNDING):
        return
    field, failed = found
    low, high = sorted((failed, watched))
    if watched < failed:
        sense = f"between {percent(low)} and {percent(high)} the sweep counts as unhealthy and as a success"
    else:
        sense = f"between {percent(low)} and {percent(high)} the tier is lost and nothing is said to be wrong"
    message = (
        f"`spec.health.maxFailedRatio` is {number(watched)}, but `{field}` tolerates {percent(failed)} failed trials: "
        f"{sense}; make them equal"
    )
    fields = ("spec.health.maxFailedRatio", field)
    yield warning(LinterRule.HEALTH_DISAGREES_WITH_SUCCESS, fields, message, watched=watched, tolerated=failed)
