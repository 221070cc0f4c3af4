"""Counts and ratios of trials: which trials they count, and whether one of them makes another superfluous."""

from __future__ import annotations

import math
from collections.abc import Iterator

from hposweep.api.spec import Spec
from hposweep.judge.criteria.registry import kinds_of
from hposweep.judge.linter.criterion_paths import LocatedCriterion, criteria, flat_criteria
from hposweep.judge.linter.finding import error, warning
from hposweep.judge.linter.format import number, percent
from hposweep.judge.linter.rules import LinterRule
from hposweep.model.findings import ContractFinding

_ROUNDING = 1e-9


def findings(spec: Spec) -> Iterator[ContractFinding]:
    for located in flat_criteria(spec):
        yield from _beyond_budget(spec, located)
    for tier in spec.success:
        of_tier = [located for located in criteria(spec) if located.tier == tier]
        yield from _denominators(spec, of_tier)
        yield from _implied(of_tier)
        for located in of_tier:
            yield from _health(spec, located)


def _beyond_budget(spec: Spec, located: LocatedCriterion) -> Iterator[ContractFinding]:
    finished, max_trials = located.criterion.trials_finished, spec.trials.max
    if finished is not None and finished.min > max_trials:
        fields = (f"{located.path}.trialsFinished.min", "spec.trials.max")
        sentence = (
            f"never holds: {finished.min} trials are demanded, but `{fields[1]}` is {max_trials}. Lower it, or raise "
            "the budget."
        )
        yield error(LinterRule.TRIALS_BEYOND_BUDGET, fields, sentence, min=finished.min, max=max_trials)


def _tolerance(located: LocatedCriterion) -> tuple[str, float] | None:
    """Return the field that lets trials fail, and the share of the finished trials that may."""
    for kind, requirement in kinds_of(located.criterion):
        tolerance = kind.failure_tolerance(requirement)
        if tolerance is not None:
            return f"{located.path}.{kind.name}.{tolerance.field}", tolerance.share
    return None


def _denominators(spec: Spec, of_tier: list[LocatedCriterion]) -> Iterator[ContractFinding]:
    """Warn of `trialsFinished` that is meant to count complete trials: it counts failed ones, too."""
    max_trials = spec.trials.max
    for located in of_tier:
        finished = located.criterion.trials_finished
        if finished is None or finished.min > max_trials:
            continue
        for field, failed in filter(None, map(_tolerance, of_tier)):
            complete = math.floor((1 - failed) * max_trials + _ROUNDING)
            if finished.min <= complete or failed >= 1:
                continue
            needed = math.ceil(finished.min / (1 - failed) - _ROUNDING)
            sentence = (
                f"counts failed trials too: of {max_trials} trials {complete} may be complete, not {finished.min}. "
                f"Demand {complete}."
            )
            detail = (
                f"`{field}` allows {percent(failed)} of the trials to fail. If {finished.min} complete trials are "
                f"meant, `spec.trials.max` must be {needed}."
            )
            fields = (f"{located.path}.trialsFinished.min", field, "spec.trials.max")
            numbers = {"finished": finished.min, "complete": complete, "max": max_trials, "needed": needed}
            yield warning(LinterRule.DIFFERENT_DENOMINATORS, fields, sentence, detail, **numbers)


def _implied(of_tier: list[LocatedCriterion]) -> Iterator[ContractFinding]:
    """Warn of two ratios in one tier: a finished trial has either failed or completed, so they are one quantity."""
    completed = [located for located in of_tier if located.criterion.completed_ratio is not None]
    failed = [located for located in of_tier if located.criterion.failed_ratio is not None]
    for field, one in filter(None, map(_tolerance, completed)):
        for other_field, other in filter(None, map(_tolerance, failed)):
            strict, loose = ("completedRatio", "failedRatio") if one <= other else ("failedRatio", "completedRatio")
            sentence = (
                f"allows {percent(one)} of the trials to fail, but `{other_field}` allows {percent(other)}. Keep one "
                "of the two."
            )
            detail = f"Both count the same trials: `{strict}` decides and `{loose}` adds nothing."
            yield warning(
                LinterRule.RATIOS_IMPLY_EACH_OTHER, (field, other_field), sentence, detail, one=one, other=other
            )


def _health(spec: Spec, located: LocatedCriterion) -> Iterator[ContractFinding]:
    tolerance, watched = _tolerance(located), spec.health.max_failed_ratio
    if tolerance is None or math.isclose(tolerance[1], watched, abs_tol=_ROUNDING):
        return
    field, failed = tolerance
    low, high = sorted((failed, watched))
    result = "unhealthy and a success" if watched < failed else "healthy and no success"
    sentence = f"{number(watched)}, but `{field}` tolerates {percent(failed)} failed trials. Make them equal."
    detail = f"With {percent(low)} to {percent(high)} failed trials the sweep is {result}."
    fields = ("spec.health.maxFailedRatio", field)
    yield warning(LinterRule.HEALTH_DISAGREES_WITH_SUCCESS, fields, sentence, detail, watched=watched, tolerated=failed)
