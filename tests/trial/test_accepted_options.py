"""The names and options that pass without asking Optuna: Optuna itself accepts each of them."""

from __future__ import annotations

from itertools import product
from typing import Any

import pytest

from hpotrial.samplers.accepted import ACCEPTED, DEFAULT_PRUNER, DEFAULT_SAMPLER, is_surely_accepted
from hpotrial.samplers.build import PRUNERS, SAMPLERS, make_pruner, make_sampler

LARGEST = 10**9
VALUES: dict[type, tuple[Any, ...]] = {int: (1, LARGEST), bool: (False, True)}
CASES = [
    (name, dict(zip(options, values, strict=True)))
    for name, types in ACCEPTED.items()
    for options in ((), *((option,) for option in types), tuple(types))
    for values in product(*(VALUES[types[option]] for option in options))
]


@pytest.mark.parametrize(("name", "options"), CASES, ids=str)
def test_optuna_accepts_what_passes_without_it(name: str, options: dict[str, Any]) -> None:
    assert is_surely_accepted(name, options)
    if name in SAMPLERS.classes():
        assert type(make_sampler(name, options, seed=2**32 - 1)).__name__ == name
    else:
        assert type(make_pruner(name, options)).__name__ == name


def test_the_defaults_are_among_them() -> None:
    assert DEFAULT_SAMPLER in SAMPLERS.classes()
    assert DEFAULT_PRUNER in PRUNERS.classes()
    assert is_surely_accepted(DEFAULT_SAMPLER, {})
    assert is_surely_accepted(DEFAULT_PRUNER, {})


@pytest.mark.parametrize(
    ("name", "options"),
    [
        ("Tpe", {}),
        ("TPESampler", {"n_startup_trials": 0}),
        ("TPESampler", {"n_startup_trials": True}),
        ("TPESampler", {"n_startup_trials": 3.0}),
        ("TPESampler", {"multivariate": 1}),
        ("TPESampler", {"multivariate": None}),
        ("TPESampler", {"group": True}),
        ("RandomSampler", {"seed": 1}),
        ("MedianPruner", {"interval_steps": -1}),
    ],
)
def test_everything_else_is_for_optuna_to_decide(name: str, options: dict[str, Any]) -> None:
    assert not is_surely_accepted(name, options)
