"""Shares of the elite: are there enough trials, and what share does sampling alone reach?"""

from __future__ import annotations

import math
from collections.abc import Iterator

from hposweep.api.criteria import EliteShare
from hposweep.api.space import size
from hposweep.api.spec import Spec
from hposweep.judge.criteria.registry import kinds_of
from hposweep.judge.decision_snapshot import trials_at
from hposweep.judge.linter.criterion_paths import LocatedCriterion, flat_criteria
from hposweep.judge.linter.finding import error, warning
from hposweep.judge.linter.format import number, percent
from hposweep.judge.linter.parameters import parameter_of, place_of
from hposweep.judge.linter.rules import LinterRule
from hposweep.judge.sample import MIN_VALUED_TRIALS, elite_size
from hposweep.model.findings import ContractFinding

_Z_90 = 1.645  # of a two-sided 90 % interval


def findings(spec: Spec) -> Iterator[ContractFinding]:
    for located in flat_criteria(spec):
        yield from _too_few_trials(spec, located)
        yield from _no_inside(spec, located)
        share = located.criterion.elite_share
        if share is not None:
            yield from _lift(located, share)
            yield from _share(spec, located, share)


def searched_trials(spec: Spec, located: LocatedCriterion) -> int:
    """Return how many trials of the sampler's own choice there are at most when the criterion is judged."""
    contrast = 2 * spec.contrast.pairs * len(spec.contrast.parameters) if spec.contrast is not None else 0
    at = trials_at(located.point.at, spec.trials.max) if located.point is not None else None
    return max(0, min(spec.trials.max - contrast, at if at is not None else spec.trials.max))


def _too_few_trials(spec: Spec, located: LocatedCriterion) -> Iterator[ContractFinding]:
    trials = searched_trials(spec, located)
    kind = next((kind for kind, _ in kinds_of(located.criterion) if kind.uses_elite), None)
    if kind is None or trials >= MIN_VALUED_TRIALS:
        return
    if located.point is not None:
        limit, advice = f"decision point `{located.point.name}` has", "Decide later"
    else:
        limit, advice = "the sweep has", "Raise `spec.trials.max`"
    sentence = (
        f"stays Unknown: it needs {MIN_VALUED_TRIALS} trials, and {limit} at most {trials}. {advice}, or remove it."
    )
    detail = f"It judges the best fifth of the trials, and the best {elite_size(trials)} are too few to tell anything."
    where = ["spec.decisionPoints"] if located.point is not None else []
    fields = (f"{located.path}.{kind.name}", "spec.trials.max", *where)
    numbers = {"trials": trials, "needed": MIN_VALUED_TRIALS}
    yield error(LinterRule.TOO_FEW_TRIALS_FOR_ELITE, fields, sentence, detail, **numbers)


def _no_inside(spec: Spec, located: LocatedCriterion) -> Iterator[ContractFinding]:
    resolved = located.criterion.boundaries_resolved
    for position, name in enumerate(resolved.parameters if resolved is not None else ()):
        parameter = parameter_of(spec, name)
        if parameter is not None and parameter.categorical is None and size(parameter) == 2:
            fields = (f"{located.path}.boundariesResolved.parameters[{position}]", place_of(spec, name))
            sentence = f"`{name}` has two values, both at an end of its range. Widen the range, or remove it here."
            detail = f"No trial can lie inside. The range is `{fields[1]}`."
            yield error(LinterRule.NO_INSIDE, fields, sentence, detail, values=2)


def _lift(located: LocatedCriterion, share: EliteShare) -> Iterator[ContractFinding]:
    lift, sampled = share.min_lift, share.sampled_share
    if lift is None or sampled is None or lift * sampled <= 1:
        return
    path = f"{located.path}.eliteShare"
    fields = (f"{path}.minLift", f"{path}.sampledShare")
    sentence = (
        f"never holds: {number(lift)} times {percent(sampled)} is more than all of the elite. Demand at most "
        f"{number(1 / sampled)}."
    )
    detail = f"The sampled share is `{fields[1]}`."
    yield error(LinterRule.NEVER_HOLDS, fields, sentence, detail, min_lift=lift, sampled_share=sampled)


def _share(spec: Spec, located: LocatedCriterion, share: EliteShare) -> Iterator[ContractFinding]:
    expected, origin, fields = _expected(spec, located, share)
    if share.min is None or expected is None:
        return
    field, elite = f"{located.path}.eliteShare.min", elite_size(searched_trials(spec, located))
    if share.min <= expected and (share.min_lift is None or share.min_lift <= 1):
        sentence = (
            f"sampling alone reaches {percent(share.min)}: {percent(expected)} of all trials are expected. Demand "
            "more, or a `minLift` above 1."
        )
        detail = f"The expected share is {origin}. It needs no effect of the choice."
        numbers = {"min": share.min, "expected": expected}
        yield warning(LinterRule.SHARE_EXPECTED_BY_SAMPLING, (field, *fields), sentence, detail, **numbers)
    width = _Z_90 * math.sqrt(share.min * (1 - share.min) / elite) if 0 < share.min < 1 else 0.0
    apart = abs(share.min - expected)
    if apart < width:
        needed = _needed(share.min, apart)
        sentence = (
            f"{elite} elite trials cannot tell {percent(share.min)} from the expected {percent(expected)}. Use "
            "`spec.contrast`, or more trials."
        )
        effort = (
            f"It takes about {needed} elite, {5 * needed} trials, to tell them apart."
            if needed
            else "The two are equal, so no number of trials can tell them apart."
        )
        detail = (
            f"Of {elite} elite trials a share of {percent(share.min)} has a 90 % interval of ± {100 * width:.0f} "
            f"points. {effort} Or demand a share further away. The expected share is {origin}."
        )
        numbers = {"elite": elite, "half_width": width, "expected": expected, "min": share.min}
        fields = (field, "spec.trials.max", *fields)
        yield warning(LinterRule.ELITE_TOO_SMALL, fields, sentence, detail, **numbers, elite_needed=needed)


def _expected(spec: Spec, located: LocatedCriterion, share: EliteShare) -> tuple[float | None, str, tuple[str, ...]]:
    """Return the share of all trials, where it comes from, and its field: the user's number, or that of fair "
    "sampling."""
    if share.sampled_share is not None:
        field = f"{located.path}.eliteShare.sampledShare"
        return share.sampled_share, f"`{field}`", (field,)
    parameter = parameter_of(spec, share.parameter)
    choices = size(parameter) if parameter is not None and parameter.categorical is not None else None
    if not choices or choices < 2:
        return None, "", ()
    return 1 / choices, f"one of {choices} choices", (place_of(spec, share.parameter),)


def _needed(share: float, apart: float) -> int | None:
    """Return how many elite trials make the half width of the interval as small as the distance."""
    return math.ceil(_Z_90**2 * share * (1 - share) / apart**2) if apart > 1e-9 else None
