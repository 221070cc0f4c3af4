"""The sampler compared with search space and budget: what it can search, and in how many trials."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping

from hposweep.api.space import size
from hposweep.api.spec import Spec
from hposweep.judge.linter.criterion_paths import flat_criteria
from hposweep.judge.linter.finding import error, warning
from hposweep.judge.linter.format import listed
from hposweep.judge.linter.rules import LinterRule
from hposweep.model.findings import ContractFinding
from hposweep.text import count

GP_REACH = 1000  # trials: a fit costs their number cubed
_NAME, _MAX = "spec.study.sampler.name", "spec.trials.max"


def findings(spec: Spec) -> Iterator[ContractFinding]:
    match spec.study.sampler.name:
        case "GridSampler":
            yield from _grid(spec)
        case "BruteForceSampler":
            yield from _brute_force(spec)
        case "CmaEsSampler":
            yield from _cma_es(spec)
        case "GPSampler" if spec.trials.max > GP_REACH:
            sentence = (
                f"`GPSampler` is slow beyond {GP_REACH} trials, and `{_MAX}` is {spec.trials.max}. Use `TPESampler`, "
                "or fewer trials."
            )
            detail = "It fits all earlier trials again for each next one, which then takes longer than most trials."
            fields = (_NAME, _MAX)
            yield warning(
                LinterRule.GP_BEYOND_ITS_REACH, fields, sentence, detail, trials=spec.trials.max, reach=GP_REACH
            )
    yield from _start_up(spec)


def _grid(spec: Spec) -> Iterator[ContractFinding]:
    grid = spec.study.sampler.options.get("search_space")
    if not isinstance(grid, Mapping) or not all(isinstance(values, list) and values for values in grid.values()):
        return  # its constructor reports it
    field = "spec.study.sampler.options.search_space"
    names = [parameter.name for parameter in spec.search_space]
    missing = [name for name in names if name not in grid]
    if missing:
        sentence = f"lacks {listed(missing)} of `spec.searchSpace`. Add them, or move them to `spec.objective.fixed`."
        detail = "`GridSampler` ends a trial that asks for a parameter outside its grid."
        yield error(LinterRule.GRID_DOES_NOT_FIT, (field, "spec.searchSpace"), sentence, detail)
    unknown = [name for name in grid if names and name not in names]
    if unknown:
        sentence = f"has {listed(unknown)}, which `spec.searchSpace` lacks. Remove them, or add them to the space."
        detail = "The same trial would run once for each of their values."
        yield warning(LinterRule.GRID_DOES_NOT_FIT, (field, "spec.searchSpace"), sentence, detail)
    yield from _against_budget(spec, math.prod(len(values) for values in grid.values()), field)


def _brute_force(spec: Spec) -> Iterator[ContractFinding]:
    for position, parameter in enumerate(spec.search_space):
        if parameter.float_ is not None and size(parameter) is None:
            fields = (f"spec.searchSpace[{position}].float.step", _NAME)
            sentence = (
                f"missing: `BruteForceSampler` tries every value, and `{parameter.name}` has infinitely many. Set a "
                "`step`."
            )
            detail = "Or use another sampler."
            yield error(LinterRule.BRUTE_FORCE_WITHOUT_STEPS, fields, sentence, detail)
    sizes = [size(parameter) for parameter in spec.search_space]
    if sizes and None not in sizes and all(parameter.when is None for parameter in spec.search_space):
        yield from _against_budget(spec, math.prod(count for count in sizes if count), "spec.searchSpace")


def _against_budget(spec: Spec, points: int, field: str) -> Iterator[ContractFinding]:
    max_trials, fields = spec.trials.max, (field, _MAX)
    if points > max_trials:
        sentence = (
            f"{points} combinations, but `{_MAX}` is {max_trials}, so {points - max_trials} of them are never tried. "
            "Raise it, or use fewer values."
        )
        yield warning(LinterRule.GRID_AGAINST_BUDGET, fields, sentence, points=points, max=max_trials)
    elif points < max_trials:
        short = [
            f"{located.path}.trialsFinished.min"
            for located in flat_criteria(spec)
            if located.criterion.trials_finished is not None and located.criterion.trials_finished.min > points
        ]
        sentence = (
            f"only {count(points, 'combination')}, but `{_MAX}` is {max_trials}. Lower it to {points}, or add values."
        )
        detail = "The sweep ends when all are tried."
        detail += f" Then {listed(short)} can never hold." if short else ""
        make = error if short else warning
        yield make(LinterRule.GRID_AGAINST_BUDGET, (*fields, *short), sentence, detail, points=points, max=max_trials)


def _cma_es(spec: Spec) -> Iterator[ContractFinding]:
    choices = [parameter.name for parameter in spec.search_space if parameter.categorical is not None]
    if choices:
        sentence = f"`CmaEsSampler` samples {listed(choices)} at random until the end. Use `TPESampler`, or fix them."
        detail = "It searches numbers only. Fixed values belong to `spec.objective.fixed`."
        fields = (_NAME, "spec.searchSpace")
        yield warning(LinterRule.CMA_ES_WITH_CHOICES, fields, sentence, detail, categorical=len(choices))


def _start_up(spec: Spec) -> Iterator[ContractFinding]:
    start_up, max_trials = spec.study.sampler.options.get("n_startup_trials"), spec.trials.max
    if isinstance(start_up, int) and max_trials >= 1 and start_up >= max_trials:
        fields = ("spec.study.sampler.options.n_startup_trials", _MAX)
        sentence = f"{start_up}, but `{_MAX}` is {max_trials}, so all trials are random. Lower it, or raise the budget."
        detail = "If that is meant, use `RandomSampler`."
        numbers = {"start_up": start_up, "max": max_trials}
        yield warning(LinterRule.ONLY_START_UP_TRIALS, fields, sentence, detail, **numbers)
