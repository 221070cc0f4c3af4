"""The pruner against the steps that a trial reports, as far as `spec.objective.fixed` tells how many they are."""

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
    options, most = spec.study.pruner.options, spec.trials.max
    name, steps = reported_steps(spec)
    field = f"spec.objective.fixed.{name}"
    largest = options.get("max_resource")
    if steps is not None and isinstance(largest, int) and abs(largest - steps) > 1:  # steps may count from 0
        sense = (
            "the last rungs lie beyond the last step, and too few trials are pruned"
            if largest > steps
            else f"nothing is pruned after step {largest}"
        )
        message = (
            f"`{OPTIONS}.max_resource` is {largest}, but trials report {steps} steps (`{field}`): {sense}; make them "
            "equal"
        )
        yield warning(
            LinterRule.PRUNER_AGAINST_STEPS,
            (f"{OPTIONS}.max_resource", field),
            message,
            max_resource=largest,
            steps=steps,
        )
    for option in ("n_warmup_steps", "min_resource"):
        value = options.get(option)
        if steps is not None and isinstance(value, int) and value >= steps:
            message = (
                f"`{OPTIONS}.{option}` is {value}, but trials report {steps} steps (`{field}`): none is ever pruned; "
                "lower it"
            )
            yield warning(
                LinterRule.PRUNER_NEVER_PRUNES, (f"{OPTIONS}.{option}", field), message, option=value, steps=steps
            )
    start_up = options.get("n_startup_trials")
    if isinstance(start_up, int) and start_up >= most:
        message = (
            f"`{OPTIONS}.n_startup_trials` is {start_up}, but `spec.trials.max` is {most}: no trial is ever pruned"
        )
        fields = (f"{OPTIONS}.n_startup_trials", "spec.trials.max")
        yield warning(LinterRule.PRUNER_NEVER_PRUNES, fields, f"{message}; lower it", option=start_up, trials=most)


def reported_steps(spec: Spec) -> tuple[str, int | None]:
    """The one fixed value whose name says that it counts steps; several of them are told apart by nobody."""
    found = [
        (name, value)
        for name, value in spec.objective.fixed.items()
        if _STEPS.fullmatch(name) and isinstance(value, int) and not isinstance(value, bool) and value > 0
    ]
    return found[0] if len(found) == 1 else ("", None)
