"""Builders of stored studies, as `database.study_reader` makes them."""

from __future__ import annotations

import random
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from optuna.distributions import BaseDistribution, CategoricalDistribution, FloatDistribution, IntDistribution

from hposweep.model.history import COMPLETE, History, Trial
from hposweep.model.stored_study import StoredStudy
from tests.unit.judge.histories import trial

UNIT = FloatDistribution(0, 1)
SPACE: dict[str, BaseDistribution] = {
    "x": UNIT,
    "lr": FloatDistribution(1e-5, 1e-1, log=True),
    "depth": IntDistribution(2, 8),
    "encoder": CategoricalDistribution(("cnn", "context")),
}


def stored(trials: Sequence[Trial], directions: Sequence[str] = ("MAXIMIZE",), **fields: Any) -> StoredStudy:
    return StoredStudy("digits", tuple(directions), History(tuple(trials)), len(trials), **fields)


def draw(generator: random.Random, distribution: BaseDistribution) -> Any:
    """Draw a value at random, as a sampler without preference."""
    if isinstance(distribution, CategoricalDistribution):
        return generator.choice(distribution.choices)
    assert isinstance(distribution, FloatDistribution | IntDistribution)
    low, high = float(distribution.low), float(distribution.high)
    value = low * (high / low) ** generator.random() if distribution.log else generator.uniform(low, high)
    return round(value) if isinstance(distribution, IntDistribution) else value


def random_trials(
    n: int,
    value: Callable[[Mapping[str, Any]], float | tuple[float, ...]],
    space: Mapping[str, BaseDistribution] = SPACE,
    seed: int = 1,
) -> list[Trial]:
    """Complete trials of a random search."""
    generator = random.Random(seed)
    trials = []
    for number in range(n):
        params = {name: draw(generator, distribution) for name, distribution in space.items()}
        trials.append(trial(number, value(params), COMPLETE, params=params, distributions=dict(space)))
    return trials


def random_study(n: int, value: Callable[[Mapping[str, Any]], float | tuple[float, ...]], **fields: Any) -> StoredStudy:
    directions = fields.pop("directions", ("MAXIMIZE",))
    return stored(random_trials(n, value, **fields), directions)
