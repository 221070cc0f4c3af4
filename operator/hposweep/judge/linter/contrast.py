"""Contrast pairs: are they possible, do they fit into the budget, and does the sampler accept further trials?"""

from __future__ import annotations

from collections.abc import Iterator

from hposweep.api.spec import MIN_SEARCHED, Spec
from hposweep.judge.linter.finding import error, warning
from hposweep.judge.linter.rules import LinterRule
from hposweep.model.findings import ContractFinding
from hposweep.text import count


def findings(spec: Spec) -> Iterator[ContractFinding]:
    contrast, goals = spec.contrast, spec.study.objectives
    if contrast is None:
        return
    if len(goals) > 1:
        fields = ("spec.contrast", "spec.study.objectives")
        sentence = f"works with one objective, and `{fields[1]}` has {len(goals)}. Remove it."
        yield error(LinterRule.CONTRAST_IMPOSSIBLE, fields, sentence, objectives=len(goals))
    if spec.study.sampler.is_exhaustive:
        fields = ("spec.contrast", "spec.study.sampler.name")
        sentence = (
            f"adds trials, and `{spec.study.sampler.name}` allows one per point of its grid. Remove it, or use another "
            "sampler."
        )
        yield error(LinterRule.CONTRAST_IMPOSSIBLE, fields, sentence)
    yield from _budget(spec, contrast.pairs, len(contrast.parameters), contrast.trials)


def _budget(spec: Spec, pairs: int, parameters: int, trials: int) -> Iterator[ContractFinding]:
    max_trials = spec.trials.max
    fields = ("spec.contrast.pairs", "spec.contrast.parameters", "spec.trials.max")
    detail = f"{count(pairs, 'pair')} for each of {count(parameters, 'parameter')} are {trials} trials."
    numbers = {"needed": trials, "max": max_trials}
    if trials + MIN_SEARCHED > max_trials:
        min_budget = trials + MIN_SEARCHED
        sentence = (
            f"{trials} trials of pairs need a budget of at least {min_budget}, but `{fields[2]}` is {max_trials}. "
            "Raise it, or lower the pairs."
        )
        detail += f" {MIN_SEARCHED} other trials must come before them."
        yield error(LinterRule.CONTRAST_BEYOND_BUDGET, fields, sentence, detail, **numbers)
    elif 2 * trials > max_trials:
        sentence = (
            f"more than half of `{fields[2]}`: the search is left with {max_trials - trials} of {max_trials} trials. "
            "Raise it, or lower the pairs."
        )
        yield warning(LinterRule.CONTRAST_BEYOND_BUDGET, fields, sentence, detail, **numbers)
