"""Sizes of samplers and pruners are computed before anything of that size exists."""

from __future__ import annotations

import tracemalloc
from typing import Any

import optuna
import pytest

from hpotrial.samplers.build import check_sampler, make_pruner, make_sampler
from hpotrial.samplers.limits import MAX_GRID_POINTS, MAX_LEVELS

MIB = 2**20


def grid(parameters: int, values: int) -> dict[str, Any]:
    return {"search_space": {f"p{number}": list(range(values)) for number in range(parameters)}}


def fixed(base: dict[str, Any]) -> dict[str, Any]:
    return {"fixed_params": {"p0": 1}, "base_sampler": base}


def nested(name: str, option: str, levels: int, innermost: str, **more: Any) -> dict[str, Any]:
    """Options of a class that has itself inside, so many levels in all."""
    block: dict[str, Any] = {"name": innermost}
    for _ in range(levels - 2):
        block = {"name": name, "options": {option: block, **more}}
    return {option: block, **more}


@pytest.mark.parametrize(
    ("name", "options"),
    [
        ("GridSampler", grid(3, 200)),
        ("GridSampler", grid(64, 1000)),
        ("GridSampler", grid(17, 2)),  # few enough points, too many values
        ("PartialFixedSampler", fixed({"name": "GridSampler", "options": grid(3, 200)})),
        ("PartialFixedSampler", fixed({"name": "PartialFixedSampler", "options": fixed(
            {"name": "GridSampler", "options": grid(4, 100)})})),
    ],
    ids=["8 million", "10^192", "131,072 of 17", "inside another", "inside two"],
)  # fmt: skip
@pytest.mark.parametrize("make", [make_sampler, lambda name, options: check_sampler(name, options, None)])
def test_a_large_grid_is_refused_without_its_points(name: str, options: dict[str, Any], make: Any) -> None:
    make_sampler("RandomSampler")  # imports
    tracemalloc.start()
    try:
        with pytest.raises(ValueError, match=r"options: GridSampler: .* combinations \(allowed: at most"):
            make(name, options)
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert peak < MIB


def test_a_grid_within_the_limit_is_checked_with_one_point_and_built_whole() -> None:
    options = grid(5, 10)
    tracemalloc.start()
    try:
        check_sampler("GridSampler", options, 1)
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert peak < MIB
    sampler = make_sampler("GridSampler", options, 1)
    assert isinstance(sampler, optuna.samplers.GridSampler)
    assert len(sampler._all_grids) == MAX_GRID_POINTS


@pytest.mark.parametrize(("values", "refused"), [({"x": 3}, "lists"), ({"x": []}, "lists"), ([1], "lists")])
def test_a_grid_of_another_shape_is_refused_as_before(values: Any, refused: str) -> None:
    with pytest.raises(ValueError, match=refused):
        check_sampler("GridSampler", {"search_space": values}, None)


def test_pruners_and_samplers_inside_each_other_have_a_limit() -> None:
    deep = nested("PatientPruner", "wrapped_pruner", 900, "NopPruner", patience=1)
    with pytest.raises(ValueError, match=r"study\.pruner\.options: more than 4 levels"):
        make_pruner("PatientPruner", deep)
    with pytest.raises(ValueError, match=r"study\.sampler\.options: more than 4 levels"):
        check_sampler("PartialFixedSampler", nested("PartialFixedSampler", "base_sampler", 900, "RandomSampler"), None)
    allowed = nested("PatientPruner", "wrapped_pruner", MAX_LEVELS, "NopPruner", patience=1)
    assert isinstance(make_pruner("PatientPruner", allowed), optuna.pruners.PatientPruner)
