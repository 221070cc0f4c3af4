"""The pruner compared with the steps that a trial reports, as far as `spec.objective.fixed` tells their number."""

from __future__ import annotations

import re
from collections.abc import Iterator

from hposweep.api.spec import Spec
from hposweep.judge.linter.finding import warning
from hposweep.judge.linter.rules import LinterRule
from hposweep.model.findings import ContractFinding

_STEPS = re.compile(r"(n_|num_|max_)?(epochs?|steps?|iterations?)")
OPTIONS = "spec.study.pruner.options"


def findings(spec: Spec) -> Iterator[ContractFinding]:
    name, steps = reported_steps(spec)
    if steps is not None:
        yield from _against_steps(spec, f"spec.objective.fixed.{name}", steps)
    start_up, max_trials = spec.study.pruner.options.get("n_startup_trials"), spec.trials.max
    if isinstance(start_up, int) and start_up >= max_trials:
        fields = (f"{OPTIONS}.n_startup_trials", "spec.trials.max")
        sentence = f"{start_up}, but `{fields[1]}` is {max_trials}, so no trial is ever pruned. Lower it."
        yield warning(LinterRule.PRUNER_NEVER_PRUNES, fields, sentence, option=start_up, trials=max_trials)


def _against_steps(spec: Spec, field: str, steps: int) -> Iterator[ContractFinding]:
    options = spec.study.pruner.options
    largest = options.get("max_resource")
    if isinstance(largest, int) and abs(largest - steps) > 1:  # steps may count from 0
        fields = (f"{OPTIONS}.max_resource", field)
        sentence = f"{largest}, but trials report {steps} steps (`{field}`). Make them equal."
        detail = (
            "The last rungs lie beyond the last step, so too few trials are pruned."
            if largest > steps
            else f"Nothing is pruned after step {largest}."
        )
        yield warning(LinterRule.PRUNER_AGAINST_STEPS, fields, sentence, detail, max_resource=largest, steps=steps)
    for option in ("n_warmup_steps", "min_resource"):
        value = options.get(option)
        if isinstance(value, int) and value >= steps:
            fields = (f"{OPTIONS}.{option}", field)
            sentence = f"{value}, but trials report {steps} steps (`{field}`), so none is ever pruned. Lower it."
            yield warning(LinterRule.PRUNER_NEVER_PRUNES, fields, sentence, option=value, steps=steps)


def reported_steps(spec: Spec) -> tuple[str, int | None]:
    """Return the fixed value whose name says that it counts steps; none when there are several."""
    candidates = [
        (name, value)
        for name, value in spec.objective.fixed.items()
        if _STEPS.fullmatch(name) and isinstance(value, int) and not isinstance(value, bool) and value > 0
    ]
    return candidates[0] if len(candidates) == 1 else ("", None)
