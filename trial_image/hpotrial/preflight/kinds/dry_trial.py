"""`spec.preflight.dryTrial`: the parameters that the objective asks for are those of `spec.searchSpace`.

The objective is called with a trial that ends it as soon as every parameter was asked for, or at the first report, so
that nothing is trained.
"""

from __future__ import annotations

import json
import math
import signal
import traceback
from collections.abc import Iterator, Mapping, Sequence
from types import FrameType
from typing import Any

from optuna.distributions import BaseDistribution, CategoricalDistribution
from optuna.trial import FixedTrial

from hpotrial.objective.load import ObjectiveNotFoundError, find
from hpotrial.objective.params import distributions
from hpotrial.preflight.check import (
    FIELD,
    Check,
    CheckContext,
    CheckKind,
    CheckResult,
    Deadline,
    caution,
    failure,
    success,
)
from hpotrial.protocol.config import PythonObjective

MAX_SECONDS = 30.0  # an objective that has not asked for its parameters by then loads data, or trains already
MAX_SHOWN = 3


class SamplingEndedError(BaseException):
    """Ends the objective. It is no Exception, so that the objective's own handlers let it through."""


class DryTrial(FixedTrial):
    """A trial that suggests a value of each range, and notes the ranges."""

    def __init__(self, required: Sequence[str]) -> None:
        super().__init__({})
        self._required = frozenset(required)

    def report(self, value: float, step: int) -> None:
        raise SamplingEndedError("at the first report")

    def _suggest(self, name: str, distribution: BaseDistribution) -> Any:
        self._params.setdefault(name, _value(distribution))
        value = super()._suggest(name, distribution)
        if self._required and self._required <= self._distributions.keys():
            raise SamplingEndedError("after the last parameter")
        return value


def checks(context: CheckContext) -> Iterator[Check]:
    objective = context.config.objective
    if context.block.get("dryTrial") and isinstance(objective, PythonObjective):

        def run(deadline: Deadline) -> CheckResult:
            return _check(context, deadline)

        yield Check(KIND.name, objective.reference, f"{FIELD}.dryTrial", run)


def _check(context: CheckContext, deadline: Deadline) -> CheckResult:
    space = distributions(context.config.search_space)
    required = [item["name"] for item in context.config.search_space if not item.get("when")]
    try:
        function = find(context.config.objective, context.config.source_path)
    except ObjectiveNotFoundError as error:
        return failure(str(error))
    trial, seconds = DryTrial(required), min(MAX_SECONDS, deadline.seconds)
    signal.signal(signal.SIGALRM, _end_sampling)
    signal.setitimer(signal.ITIMER_REAL, seconds)
    end, error_text = "when the objective returned", ""
    try:
        function(trial)
    except SamplingEndedError as stop:
        end = str(stop)
    except Exception as error:  # the baseline trial judges it; here it only ends the sampling
        traceback.print_exc()
        end, error_text = "when the objective raised", f" ({type(error).__name__}: {error})"
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
    return _judge(trial.distributions, space, required, f"{end}{error_text}", is_late=end == _LATE)


_LATE = "when the time was over"


def _end_sampling(signal_number: int, frame: FrameType | None) -> None:
    raise SamplingEndedError(_LATE)


def _judge(
    objective_space: Mapping[str, BaseDistribution],
    space: Mapping[str, BaseDistribution],
    required: Sequence[str],
    end: str,
    *,
    is_late: bool,
) -> CheckResult:
    """Compare the parameters that were asked for with the search space; without one, only list them."""
    value = f"{len(objective_space)} parameters {end}"
    if not space:
        return success(value) if objective_space else caution(f"no parameter was asked for {end}", value)
    threshold = f"{len(required)} parameters"
    different_names = [
        name for name in objective_space if name in space and not _is_same(objective_space[name], space[name])
    ]
    if different_names:
        name = different_names[0]
        ranges = f"{objective_space[name]}, and `spec.searchSpace` has {space[name]}"
        sentence = f"`{name}` is asked for as {ranges}. Make them equal"
        return failure(sentence, value, threshold)
    absent_names = [name for name in required if name not in objective_space]
    if absent_names:
        sentence = (
            f"the objective never asks for {_names(absent_names)} of `spec.searchSpace`; the dry trial ended {end}"
        )
        advice = "Ask for it with `params(trial)` or `trial.suggest_…`, or remove it from the space"
        return (caution if is_late else failure)(f"{sentence}. {advice}", value, threshold)
    extra = [name for name in objective_space if name not in space]
    if extra:
        sentence = f"the objective asks for {_names(extra)}, which `spec.searchSpace` does not have. Add it there"
        return caution(sentence, value, threshold)
    return success(value, threshold)


def _is_same(distribution: BaseDistribution, other: BaseDistribution) -> bool:
    if isinstance(distribution, CategoricalDistribution) and isinstance(other, CategoricalDistribution):
        return list(map(_identity, distribution.choices)) == list(map(_identity, other.choices))
    return distribution == other


def _identity(choice: Any) -> str:
    """Return a text that tells 1 from "1" and from true. A whole number may have lost its decimal point in JSON."""
    is_whole = isinstance(choice, float) and choice.is_integer()
    return json.dumps(int(choice) if is_whole else choice, default=repr)


def _names(names: Sequence[str]) -> str:
    shown = ", ".join(f"`{name}`" for name in names[:MAX_SHOWN])
    return f"{shown} and {len(names) - MAX_SHOWN} more" if len(names) > MAX_SHOWN else shown


def _value(distribution: Any) -> Any:
    """Return a value in the middle of a range, or the first choice."""
    if isinstance(distribution, CategoricalDistribution):
        return distribution.choices[0]
    low, high = distribution.low, distribution.high
    middle = math.sqrt(low * high) if distribution.log else (low + high) / 2
    step = distribution.step
    if step is not None:
        middle = low + step * round((middle - low) / step)
    return type(low)(min(max(middle, low), high))


KIND = CheckKind("dryTrial", checks)
