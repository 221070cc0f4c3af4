"""Whether `spec.searchSpace` fits a study that exists: one study cannot hold two definitions. Called by `gates`."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import suppress

from optuna.distributions import BaseDistribution, CategoricalDistribution, FloatDistribution, IntDistribution

from hposweep.api.space import Parameter
from hposweep.model.trials import Study
from hpotrial.protocol import trial_rows
from hpotrial.protocol.spaces import agree, difference, stored_form


def conflict(space: Sequence[Parameter], study: Study) -> str:
    """Return the first parameter that the study defines otherwise, with both definitions; "" when there is none."""
    for position, parameter in enumerate(space):
        with suppress(ValueError, TypeError, LookupError, RecursionError):  # a row of the study that cannot be read
            stored = trial_rows.read_distribution(study.definitions[parameter.name])
            other = stored_form(_distribution(parameter))
            if not agree(stored, other):
                return (
                    f"`spec.searchSpace[{position}]`: study `{study.name}` defines `{parameter.name}` otherwise "
                    f"({difference(stored, other)}). Define it as the study does, or choose another `spec.study.name`"
                )
    return ""


def _distribution(parameter: Parameter) -> BaseDistribution:
    if parameter.categorical is not None:
        return CategoricalDistribution(parameter.categorical.choices)
    if parameter.int_ is not None:
        bounds = parameter.int_
        return IntDistribution(bounds.low, bounds.high, log=bounds.log, step=bounds.step or 1)
    if parameter.float_ is not None:
        limits = parameter.float_
        return FloatDistribution(limits.low, limits.high, log=limits.log, step=limits.step)
    raise ValueError(f"`{parameter.name}` has no definition")
