"""Which trials of another study are tried in this one."""

from __future__ import annotations

from typing import Any

import pytest

from hposweep.api.warm_start import WarmStartSpec
from hposweep.model.study_start import Candidate, WarmStart
from hposweep.plan.warm_start import select
from tests import builders
from tests.unit import world

SPACE = world.sweep(
    searchSpace=[
        builders.float_parameter("lr", 0.001, 0.1),
        builders.int_parameter("depth", 1, 8),
        builders.categorical_parameter("net", "cnn", 3, [1, 2]),
    ]
).spec.search_space


def chosen(*params: dict[str, Any], top: int = 2, is_front: bool = False, space: Any = SPACE) -> WarmStart:
    """Candidates are numbered 10, 11 and so on, the best first."""
    candidates = [Candidate(10 + place, entry) for place, entry in enumerate(params)]
    return select(WarmStartSpec("v2", top), 0, space, candidates, is_front=is_front)


def test_the_best_that_fit_are_taken_and_the_others_are_counted_with_a_reason() -> None:
    result = chosen({"lr": 0.5}, {"lr": 0.1}, {"depth": 9}, {"lr": 0.05}, {"lr": 0.02})
    assert (result.record.trials, result.params, result.fault) == ((11, 13), ({"lr": 0.1}, {"lr": 0.05}), "")
    assert (result.record.skipped, result.record.reason) == (2, "trial 10: `lr` is 0.5, allowed is 0.001 to 0.1")


def test_a_parameter_that_the_space_lacks_is_left_out_and_a_new_one_is_sampled() -> None:
    assert chosen({"lr": 0.1, "width": 64}).params == ({"lr": 0.1},)


def test_values_have_the_types_of_the_space() -> None:
    (params,) = chosen({"lr": 0.1, "depth": 4.0, "net": [1, 2]}).params
    assert params == {"lr": 0.1, "depth": 4, "net": (1, 2)}
    assert type(params["depth"]) is int


def test_one_configuration_is_tried_once() -> None:
    assert chosen({"lr": 0.1}, {"lr": 0.1}, {"lr": 0.02}).record.trials == (10, 12)


@pytest.mark.parametrize(
    ("params", "words"),
    [
        ({"lr": 1.0}, "(trial 10: `lr` is 1.0, allowed is 0.001 to 0.1)"),
        ({"net": True}, 'allowed is "cnn", 3, [1, 2]'),
        ({"width": 64}, "it has none of the parameters"),
        ({}, "it has none of the parameters"),
    ],
)
def test_a_study_of_which_nothing_fits_is_a_fault(params: dict[str, Any], words: str) -> None:
    result = chosen(params, params)
    assert result.fault.startswith(
        "`spec.study.warmStart[0]`: none of the 2 best trials of study `v2` fits `spec.searchSpace`"
    )
    assert words in result.fault
    assert result.params == ()


def test_without_a_space_each_trial_is_taken_as_it_was() -> None:
    assert chosen({"any": "thing"}, {}, space=()).params == ({"any": "thing"},)


@pytest.mark.parametrize(("top", "numbers"), [(1, (10,)), (2, (10, 15)), (3, (10, 12, 15)), (9, tuple(range(10, 16)))])
def test_a_front_gives_trials_from_end_to_end(top: int, numbers: tuple[int, ...]) -> None:
    front = [{"depth": depth} for depth in range(1, 7)]
    assert chosen(*front, top=top, is_front=True).record.trials == numbers
