"""The terms of a regression on parameters: what each does alone, and what two do together. Called by `interactions`."""

from __future__ import annotations

from collections import Counter
from collections.abc import Hashable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.polynomial import legendre
from numpy.typing import NDArray

from hposweep.analysis.scale import Scale
from hposweep.api.space import Parameter
from hposweep.judge.criteria.categorical import key, label
from hposweep.judge.sample import is_number
from hposweep.judge.statistics import Floats
from hposweep.model.history import Trial

MAX_DEGREE, PAIR_DEGREE = 5, 2  # of the polynomials of one number, alone and with another parameter
MIN_TRIALS_OF_CHOICE = 5  # rarer choices count as one
MAX_CHOICES = 5  # of a parameter; the rarest others count as one
_LOW, _HIGH = "low", "high"


@dataclass(frozen=True, slots=True, eq=False)
class ParameterTerms:
    """One parameter: its columns alone and with another one, and the half of its range or the choice of each trial.

    A trial without the parameter has 0 in all columns, and -1 as its group.
    """

    name: str
    alone: Floats
    paired: Floats
    groups: NDArray[np.int64]
    words: tuple[str, ...]  # of each group


def terms_of(parameter: Parameter, trials: Sequence[Trial], degree: int) -> ParameterTerms | None:
    """Return the terms; None when the parameter has no two values."""
    is_there = np.array([parameter.name in trial.params for trial in trials], dtype=bool)
    if parameter.categorical is not None:
        return _of_choices(parameter, trials, is_there)
    return _of_numbers(parameter, trials, is_there, degree)


def column_count(parameter: Parameter, degree: int) -> int:
    """Return how many columns the parameter has alone, at most."""
    if parameter.categorical is not None:
        return min(len(parameter.categorical.choices), MAX_CHOICES + 1)
    return degree + 1


def _of_numbers(
    parameter: Parameter, trials: Sequence[Trial], is_there: NDArray[np.bool_], degree: int
) -> ParameterTerms | None:
    raw = [trial.params.get(parameter.name) for trial in trials]
    numbers = np.array([float(value) if is_number(value) else np.nan for value in raw])  # type: ignore[arg-type]  # `is_number` says so
    is_there = is_there & np.isfinite(numbers)
    different = len(np.unique(numbers[is_there]))
    scale = Scale.of(parameter)
    if different < 2 or scale.low >= scale.high:
        return None
    positions = np.zeros(len(trials))
    positions[is_there] = 2 * scale.positions(numbers[is_there]) - 1
    powers = legendre.legvander(positions, min(degree, different - 1)).astype(np.float64)
    polynomials = powers[:, 1:] * is_there[:, None]
    middle = float(np.median(positions[is_there]))
    groups = np.where(positions > middle, 1, 0)
    if len(np.unique(groups[is_there])) < 2:  # more than half of the trials have the largest value
        groups = np.where(positions >= middle, 1, 0)
    groups[~is_there] = -1
    alone = np.column_stack([polynomials, is_there.astype(np.float64)])
    return ParameterTerms(parameter.name, alone, polynomials[:, :PAIR_DEGREE], groups, (_LOW, _HIGH))


def _of_choices(parameter: Parameter, trials: Sequence[Trial], is_there: NDArray[np.bool_]) -> ParameterTerms | None:
    values = [trial.params[parameter.name] if there else None for trial, there in zip(trials, is_there, strict=True)]
    keys: list[Hashable] = [key(value) for value in values]
    counts = Counter(name for name, there in zip(keys, is_there, strict=True) if there)
    frequent = [name for name, trials_of in counts.most_common(MAX_CHOICES) if trials_of >= MIN_TRIALS_OF_CHOICE]
    places = {name: place for place, name in enumerate(frequent)}
    words = {name: label(value) for name, value in zip(keys, values, strict=True)}
    others = len(frequent)
    groups = np.array(
        [places.get(name, others) if there else -1 for name, there in zip(keys, is_there, strict=True)], dtype=np.int64
    )
    present = np.unique(groups[groups >= 0])
    if len(present) < 2:
        return None
    dummies = (groups[:, None] == present[None, :]).astype(float)
    names = (*(words[name] for name in frequent), "another choice")
    return ParameterTerms(parameter.name, dummies, dummies, groups, names)
