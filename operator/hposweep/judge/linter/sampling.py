"""Sampler and pruner against space, budget and objective: what they can search, in how many trials, on which steps."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping

from hposweep.api.space import size
from hposweep.api.spec import Spec
from hposweep.judge.linter.criterion_paths import criteria
from hposweep.judge.linter.finding import error, warning
from hposweep.judge.linter.format import listed
from hposweep.judge.linter.rules import LinterRule
from hposweep.model.findings import ContractFinding

GP_REACH = 1000  # trials: a fit costs their number cubed


def findings(spec: Spec) -> Iterator[ContractFinding]:
    match spec.study.sampler.name:
        case "GridSampler":
            yield from _grid(spec)
        case "BruteForceSampler":
            yield from _brute_force(spec)
        case "CmaEsSampler":
            yield from _cma_es(spec)
        case "GPSampler" if spec.trials.max > GP_REACH:
            message = (
                f"`spec.trials.max` is {spec.trials.max}, and `GPSampler` fits all earlier trials anew for each next "
                f"one: beyond {GP_REACH} it takes longer than most trials; choose `TPESampler`, or fewer trials"
            )
            fields = ("spec.study.sampler.name", "spec.trials.max")
            yield warning(LinterRule.GP_BEYOND_ITS_REACH, fields, message, trials=spec.trials.max, reach=GP_REACH)
    yield from _start_up(spec)


def _grid(spec: Spec) -> Iterator[ContractFinding]:
    grid = spec.study.sampler.options.get("search_space")
    if not isinstance(grid, Mapping) or not all(isinstance(values, list) and values for values in grid.values()):
        return  # its constructor says it
    field = "spec.study.sampler.options.search_space"
    names = [parameter.name for parameter in spec.search_space]
    absent = [name for name in names if name not in grid]
    if absent:
        message = (
            f"`{field}` lacks {listed(absent)}, which `spec.searchSpace` has: `GridSampler` ends a trial that asks for "
            "more than its grid; add them, or leave them to `spec.objective.fixed`"
        )
        yield error(LinterRule.GRID_DOES_NOT_FIT, (field, "spec.searchSpace"), message)
    strange = [name for name in grid if names and name not in names]
    if strange:
        message = (
            f"`{field}` has {listed(strange)}, which `spec.searchSpace` lacks: the same trial would run once for each "
            "of their values; take them out, or add them to the space"
        )
        yield warning(LinterRule.GRID_DOES_NOT_FIT, (field, "spec.searchSpace"), message)
    yield from _against_budget(spec, math.prod(len(values) for values in grid.values()), field)


def _brute_force(spec: Spec) -> Iterator[ContractFinding]:
    for position, parameter in enumerate(spec.search_space):
        if parameter.float_ is not None and size(parameter) is None:
            field = f"spec.searchSpace[{position}].float.step"
            message = (
                f"`BruteForceSampler` tries every value, and `{parameter.name}` has no end of them; give it a `step` "
                f"(`{field}`), or choose another sampler"
            )
            yield error(LinterRule.BRUTE_FORCE_WITHOUT_STEPS, (field, "spec.study.sampler.name"), message)
    sizes = [size(parameter) for parameter in spec.search_space]
    if sizes and None not in sizes and all(parameter.when is None for parameter in spec.search_space):
        yield from _against_budget(spec, math.prod(count for count in sizes if count), "spec.searchSpace")


def _against_budget(spec: Spec, points: int, field: str) -> Iterator[ContractFinding]:
    most, fields = spec.trials.max, (field, "spec.trials.max")
    if points > most:
        message = (
            f"`{field}` has {points} combinations, but `spec.trials.max` is {most}: {points - most} of them are never "
            "tried; raise `spec.trials.max`, or make it coarser"
        )
        yield warning(LinterRule.GRID_AGAINST_BUDGET, fields, message, points=points, max=most)
    elif points < most:
        short = [
            f"{placed.path}.trialsFinished.min"
            for placed in criteria(spec)
            if placed.criterion.trials_finished is not None and placed.criterion.trials_finished.min > points
        ]
        never = f", and {listed(short)} can never hold" if short else ""
        message = (
            f"`{field}` has {points} combinations, but `spec.trials.max` is {most}: the sweep ends when all are "
            f"tried{never}; lower `spec.trials.max` to {points}, or make it finer"
        )
        make = error if short else warning
        yield make(LinterRule.GRID_AGAINST_BUDGET, (*fields, *short), message, points=points, max=most)


def _cma_es(spec: Spec) -> Iterator[ContractFinding]:
    choices = [parameter.name for parameter in spec.search_space if parameter.categorical is not None]
    if choices:
        message = (
            f"`CmaEsSampler` searches numbers only: {listed(choices)} of `spec.searchSpace` are drawn at random to the "
            "end; choose `TPESampler`, or fix them in `spec.objective.fixed`"
        )
        fields = ("spec.study.sampler.name", "spec.searchSpace")
        yield warning(LinterRule.CMA_ES_WITH_CHOICES, fields, message, categorical=len(choices))


def _start_up(spec: Spec) -> Iterator[ContractFinding]:
    start_up = spec.study.sampler.options.get("n_startup_trials")
    if isinstance(start_up, int) and spec.trials.max >= 1 and start_up >= spec.trials.max:
        field = "spec.study.sampler.options.n_startup_trials"
        message = (
            f"`{field}` is {start_up}, and `spec.trials.max` is {spec.trials.max}: all trials are random; lower the "
            "one, raise the other, or choose `RandomSampler`"
        )
        yield warning(
            LinterRule.ONLY_START_UP_TRIALS, (field, "spec.trials.max"), message, start_up=start_up, max=spec.trials.max
        )
