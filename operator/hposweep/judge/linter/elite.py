"""Shares among the best: how many trials there are to tell from, and what sampling alone would make of them."""

from __future__ import annotations

import math
from collections.abc import Iterator

from hposweep.api.criteria import EliteShare
from hposweep.api.space import size
from hposweep.api.spec import Spec
from hposweep.judge.criteria.registry import kinds_of
from hposweep.judge.decision_snapshot import trials_at
from hposweep.judge.linter.criterion_paths import Placed, criteria
from hposweep.judge.linter.finding import error, warning
from hposweep.judge.linter.format import number, percent
from hposweep.judge.linter.parameters import parameter_of, place_of
from hposweep.judge.linter.rules import LinterRule
from hposweep.judge.sample import MIN_VALUED_TRIALS, elite_size
from hposweep.model.findings import ContractFinding

_Z_90 = 1.645  # of a two-sided 90 % interval


def findings(spec: Spec) -> Iterator[ContractFinding]:
    for placed in criteria(spec):
        yield from _too_few_trials(spec, placed)
        yield from _no_inside(spec, placed)
        share = placed.criterion.elite_share
        if share is not None:
            yield from _lift(placed, share)
            yield from _share(spec, placed, share)


def searched(spec: Spec, placed: Placed) -> int:
    """How many trials of the sampler's own choice there are at most when the criterion is judged."""
    contrast = 2 * spec.contrast.pairs * len(spec.contrast.parameters) if spec.contrast is not None else 0
    at = trials_at(placed.point.at, spec.trials.max) if placed.point is not None else None
    return max(0, min(spec.trials.max - contrast, at if at is not None else spec.trials.max))


def _too_few_trials(spec: Spec, placed: Placed) -> Iterator[ContractFinding]:
    trials = searched(spec, placed)
    kind = next((kind for kind, _ in kinds_of(placed.criterion) if kind.uses_elite), None)
    if kind is None or trials >= MIN_VALUED_TRIALS:
        return
    field = f"{placed.path}.{kind.name}"
    when = f"decision point `{placed.point.name}` looks at" if placed.point is not None else "the sweep has"
    where = "spec.decisionPoints" if placed.point is not None else "spec.trials.max"
    message = (
        f"`{field}` looks at the best fifth of the trials and needs {MIN_VALUED_TRIALS} of them, but {when} {trials} "
        f"at most: the best {elite_size(trials)} tell nothing, it stays Unknown; raise `{where}`, or leave it out"
    )
    fields = (field, "spec.trials.max", *([where] if placed.point is not None else []))
    yield error(LinterRule.TOO_FEW_TRIALS_FOR_ELITE, fields, message, trials=trials, needed=MIN_VALUED_TRIALS)


def _no_inside(spec: Spec, placed: Placed) -> Iterator[ContractFinding]:
    resolved = placed.criterion.boundaries_resolved
    if resolved is None:
        return
    field = f"{placed.path}.boundariesResolved"
    for position, name in enumerate(resolved.parameters):
        parameter = parameter_of(spec, name)
        if parameter is not None and parameter.categorical is None and size(parameter) == 2:
            message = (
                f"`{field}.parameters[{position}]` is `{name}`, which has two values: both are ends of its range, and "
                f"no trial can lie inside; widen `{place_of(spec, name)}`, or leave `{name}` out here"
            )
            yield error(
                LinterRule.NO_INSIDE, (f"{field}.parameters[{position}]", place_of(spec, name)), message, values=2
            )


def _lift(placed: Placed, share: EliteShare) -> Iterator[ContractFinding]:
    if share.min_lift is None or share.sampled_share is None or share.min_lift * share.sampled_share <= 1:
        return
    field = f"{placed.path}.eliteShare"
    message = (
        f"`{field}.minLift` is {number(share.min_lift)} times a sampled share of {percent(share.sampled_share)}, which "
        f"is more than all of the elite: it can never hold; at most {number(1 / share.sampled_share)} can be asked for"
    )
    fields = (f"{field}.minLift", f"{field}.sampledShare")
    yield error(LinterRule.NEVER_HOLDS, fields, message, min_lift=share.min_lift, sampled_share=share.sampled_share)


def _share(spec: Spec, placed: Placed, share: EliteShare) -> Iterator[ContractFinding]:
    expected, why, fields = _expected(spec, placed, share)
    if share.min is None or expected is None:
        return
    field, elite = f"{placed.path}.eliteShare.min", elite_size(searched(spec, placed))
    if share.min <= expected and (share.min_lift is None or share.min_lift <= 1):
        message = (
            f"`{field}` asks for {percent(share.min)} of the elite, but {percent(expected)} of all trials are expected "
            f"({why}): sampling alone reaches it, without any effect; ask for more than that, or for `minLift` above 1"
        )
        yield warning(
            LinterRule.SHARE_EXPECTED_BY_SAMPLING, (field, *fields), message, min=share.min, expected=expected
        )
    width = _Z_90 * math.sqrt(share.min * (1 - share.min) / elite) if 0 < share.min < 1 else 0.0
    apart = abs(share.min - expected)
    if apart < width:
        needed = _needed(share.min, apart)
        enough = (
            f"it takes about {needed} elite, {5 * needed} trials, to tell them apart" if needed else "they are equal"
        )
        message = (
            f"`{field}` is {percent(share.min)} and {percent(expected)} are expected ({why}), but of {elite} elite "
            f"trials a share of {percent(share.min)} has a 90 % interval of ± {100 * width:.0f} points: {enough}; ask "
            "for a share further away, run more trials, or use `spec.contrast`"
        )
        numbers = {"elite": elite, "half_width": width, "expected": expected, "min": share.min}
        yield warning(
            LinterRule.ELITE_TOO_SMALL, (field, "spec.trials.max", *fields), message, **numbers, elite_needed=needed
        )


def _expected(spec: Spec, placed: Placed, share: EliteShare) -> tuple[float | None, str, tuple[str, ...]]:
    """The share of all trials: as the user says, or that of fair sampling."""
    if share.sampled_share is not None:
        field = f"{placed.path}.eliteShare.sampledShare"
        return share.sampled_share, f"`{field}`", (field,)
    parameter = parameter_of(spec, share.parameter)
    choices = size(parameter) if parameter is not None and parameter.categorical is not None else None
    if not choices or choices < 2:
        return None, "", ()
    return 1 / choices, f"one of {choices} choices", (place_of(spec, share.parameter),)


def _needed(share: float, apart: float) -> int | None:
    """So many that the half width of the interval equals the distance."""
    return math.ceil(_Z_90**2 * share * (1 - share) / apart**2) if apart > 1e-9 else None
