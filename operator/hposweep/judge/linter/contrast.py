"""Contrast pairs: can they be made, do they fit into the budget, and does the sampler let them in?"""

from __future__ import annotations

from collections.abc import Iterator

from hposweep.api.spec import MIN_SEARCHED, Spec
from hposweep.judge.linter.finding import error, warning
from hposweep.judge.linter.rules import LinterRule
from hposweep.model.findings import ContractFinding


def findings(spec: Spec) -> Iterator[ContractFinding]:
    contrast, goals, most = spec.contrast, spec.study.objectives, spec.trials.max
    if contrast is None:
        return
    if len(goals) > 1:
        message = f"`spec.contrast` takes one objective; `spec.study.objectives` has {len(goals)}: leave it out"
        yield error(
            LinterRule.CONTRAST_IMPOSSIBLE, ("spec.contrast", "spec.study.objectives"), message, objectives=len(goals)
        )
    if spec.study.sampler.is_exhaustive:
        message = (
            f"`spec.contrast` adds trials of its own, which `{spec.study.sampler.name}` does not allow: each point of "
            "its grid stands for one trial; leave it out, or choose another sampler"
        )
        yield error(LinterRule.CONTRAST_IMPOSSIBLE, ("spec.contrast", "spec.study.sampler.name"), message)
    needed = contrast.trials
    asked = f"{contrast.pairs} pairs for each of {len(contrast.parameters)} parameters are {needed} trials"
    fields = ("spec.contrast.pairs", "spec.contrast.parameters", "spec.trials.max")
    if needed + MIN_SEARCHED > most:
        message = (
            f"`spec.contrast`: {asked}, and {MIN_SEARCHED} others must come before, but `spec.trials.max` is {most}; "
            f"raise it to {needed + MIN_SEARCHED} at least, or ask for fewer pairs"
        )
        yield error(LinterRule.CONTRAST_BEYOND_BUDGET, fields, message, needed=needed, max=most)
    elif 2 * needed > most:
        message = (
            f"`spec.contrast`: {asked}, more than half of `spec.trials.max` {most}; the search itself is left with "
            f"{most - needed}: raise `spec.trials.max`, or ask for fewer pairs"
        )
        yield warning(LinterRule.CONTRAST_BEYOND_BUDGET, fields, message, needed=needed, max=most)
