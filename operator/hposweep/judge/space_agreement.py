"""Compare `spec.searchSpace` with what the trials asked for. Called by the criteria and by the health rule about it.

An objective may call `suggest_*` itself, and then nothing holds it to the search space. Its distributions are in the
trials. Those of a trials file are unknown, so that nothing is said about them.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from optuna.distributions import BaseDistribution, CategoricalDistribution, FloatDistribution, IntDistribution

from hposweep.api.space import FloatRange, IntRange, Parameter, same, steps
from hposweep.judge.evidence import Evidence
from hposweep.model.history import COMPLETE, Trial
from hpotrial.protocol.control import ControlBlock

MAX_TRIALS = 200  # the latest ones: an objective that was corrected agrees from then on
_MAX_CHOICES = 4  # shown


@dataclass(frozen=True, slots=True)
class SpaceDifference:
    """One parameter that differs. `is_in_space`: the search space has it, so that a criterion may name it."""

    parameter: str
    sentence: str
    is_in_space: bool = True


def differences(evidence: Evidence) -> tuple[SpaceDifference, ...]:
    """Return the parameters that differ, in the order of the search space; others that were asked for come last."""
    history = evidence.history
    if history is None or not evidence.space:
        return ()
    control = evidence.study.control if evidence.study is not None else None
    start = ControlBlock.from_json(control or {}).breaker_from
    return history.remember(
        ("space differences", start), lambda: tuple(_differences(evidence.space, _latest(history.trials, start)))
    )


def reason_against(evidence: Evidence, parameter: str) -> str | None:
    """Return why no criterion can judge this parameter, or None."""
    return next((item.sentence for item in differences(evidence) if item.parameter == parameter), None)


def _latest(trials: Sequence[Trial], start: int) -> list[Trial]:
    """Return this sweep's latest trials that ended by themselves, the newest first.

    Trials with a number below `start` were there before the sweep, or before it was suspended to correct the code.
    """
    own = (trial for trial in reversed(trials) if trial.number >= start)
    known = (trial for trial in own if trial.is_finished and trial.distributions is not None)
    return [trial for trial, _ in zip(known, range(MAX_TRIALS), strict=False)]


def _differences(space: Sequence[Parameter], trials: Sequence[Trial]) -> Iterator[SpaceDifference]:
    for parameter in space:
        sentence = _difference(parameter, trials)
        if sentence is not None:
            yield SpaceDifference(parameter.name, sentence)
    names = {parameter.name for parameter in space}
    asked = (name for trial in trials for name in trial.distributions or ())
    for name in dict.fromkeys(name for name in asked if name not in names):
        yield SpaceDifference(
            name, f"`{name}` is asked for, and `spec.searchSpace` does not have it", is_in_space=False
        )


def _difference(parameter: Parameter, trials: Sequence[Trial]) -> str | None:
    name = parameter.name
    asked = next((trial.distributions[name] for trial in trials if name in (trial.distributions or ())), None)  # type: ignore[index]  # mypy does not see that it is none
    expected = _distribution(parameter)
    if asked is not None:
        if expected is None or _key(asked) == _key(expected):
            return None
        return f"`{name}` is asked for as {_words(asked)}, and `spec.searchSpace` has {_words(expected)}"
    # A trial that failed or was pruned may have ended before it asked.
    if any(trial.state == COMPLETE and _applies(parameter, trial) for trial in trials):
        return f"`{name}` is in `spec.searchSpace`, and no trial asks for it"
    return None


def _applies(parameter: Parameter, trial: Trial) -> bool:
    condition = parameter.when
    if condition is None:
        return True
    params = trial.params
    return condition.parameter in params and any(same(params[condition.parameter], value) for value in condition.in_)


def _distribution(parameter: Parameter) -> BaseDistribution | None:
    """Return the distribution that `params(trial)` would ask for; None when Optuna refuses it."""
    try:
        if parameter.categorical is not None:
            return CategoricalDistribution(parameter.categorical.choices)
        if (whole := parameter.int_) is not None:
            return IntDistribution(whole.low, int(_last(whole)), log=whole.log, step=whole.step or 1)
        if (real := parameter.float_) is not None:
            return FloatDistribution(real.low, _last(real), log=real.log, step=real.step)
    except (TypeError, ValueError):
        return None
    return None


def _last(bounds: FloatRange | IntRange) -> float:
    """Return the last value that the step reaches, as Optuna does, which warns about it."""
    count = steps(bounds)
    return bounds.high if count is None or not bounds.step else float(f"{bounds.low + (count - 1) * bounds.step:.12g}")


def _key(distribution: BaseDistribution) -> tuple[Any, ...]:
    """Return what makes two distributions equal: the order of choices does not."""
    if isinstance(distribution, CategoricalDistribution):
        return ("choices", *sorted(json.dumps(_number(choice)) for choice in distribution.choices))
    if isinstance(distribution, IntDistribution | FloatDistribution):
        kind = "int" if isinstance(distribution, IntDistribution) else "float"
        numbers = (distribution.low, distribution.high, distribution.step or 0)
        return (kind, distribution.log, *(float(f"{number:.12g}") for number in numbers))
    return (str(distribution),)


def _number(choice: Any) -> Any:
    """Return a whole number without its decimal point, which JSON may drop."""
    return int(choice) if isinstance(choice, float) and choice.is_integer() else choice


def _words(distribution: BaseDistribution) -> str:
    if isinstance(distribution, CategoricalDistribution):
        shown = [json.dumps(choice, ensure_ascii=False) for choice in distribution.choices[:_MAX_CHOICES]]
        omitted = len(distribution.choices) - len(shown)
        return f"choices {', '.join([*shown, *([f'{omitted} more'] if omitted else [])])}"
    if isinstance(distribution, IntDistribution | FloatDistribution):
        is_int = isinstance(distribution, IntDistribution)
        has_step = distribution.step not in (None, 1) if is_int else distribution.step is not None
        step = f", step {distribution.step:g}" if has_step else ""
        log = ", log" if distribution.log else ""
        return f"{'int' if is_int else 'float'} {distribution.low:g} to {distribution.high:g}{step}{log}"
    return str(distribution)
