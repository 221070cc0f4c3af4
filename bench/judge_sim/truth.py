"""The known truth: the value of a configuration, and the parameters that matter. Used by `sweep` and `questions`.

value = 0.26 + 0.02 g, g = -4 (x1 - 0.6)² + 0.8 x2 + effect [family a] + 0.3 N(0, 1). So `x1` has its optimum inside
its range, `x2` at its upper bound, and `x3`, `lr` and `depth` do nothing. Larger is better.
"""

from __future__ import annotations

import random
from collections.abc import Mapping
from typing import Any

from hposweep.api.space import Choices, FloatRange, IntRange, Parameter
from hposweep.api.spec import MAXIMIZE, StudyObjectiveSpec

GOAL = StudyObjectiveSpec("val_acc", MAXIMIZE)
FAMILIES = ("a", "b", "c", "d")
WINNER = FAMILIES[0]
DOES_NOTHING = ("x3", "lr", "depth")
NOISE = 0.3
SCALE = 0.02  # of a value, per unit of g
# Standard deviation of g within a family, over the whole space. It is the unit of effects.
DEVIATION = 0.53


def space(families: int) -> tuple[Parameter, ...]:
    return (
        Parameter("x1", float_=FloatRange(0.0, 1.0)),
        Parameter("x2", float_=FloatRange(0.0, 1.0)),
        Parameter("x3", float_=FloatRange(0.0, 1.0)),
        Parameter("lr", float_=FloatRange(1e-5, 1e-1, log=True)),
        Parameter("depth", int_=IntRange(2, 8)),
        Parameter("family", categorical=Choices(FAMILIES[:families])),
    )


def value(params: Mapping[str, Any], effect: float, rng: random.Random) -> float:
    """Return the value of a configuration. `effect` is in units of g."""
    g: float = -4 * (params["x1"] - 0.6) ** 2 + 0.8 * params["x2"] + effect * (params["family"] == WINNER)
    return 0.26 + SCALE * (g + NOISE * rng.gauss(0.0, 1.0))
