"""Samplers and pruners by name and options."""

from __future__ import annotations

import importlib.util
from typing import Any

import optuna
import pytest

from hpotrial.samplers.build import NotInstalledError, make_pruner, make_sampler

NEEDS_NOTHING = ["BruteForceSampler", "NSGAIISampler", "NSGAIIISampler", "RandomSampler", "TPESampler"]


def first_points(sampler: optuna.samplers.BaseSampler, number: int = 5) -> list[float]:
    optuna.logging.set_verbosity(optuna.logging.WARNING)
    study = optuna.create_study(sampler=sampler)
    return [study.ask().suggest_float("x", 0, 1) for _ in range(number)]


@pytest.mark.parametrize("name", NEEDS_NOTHING)
def test_a_sampler_by_its_name(name: str) -> None:
    assert type(make_sampler(name)).__name__ == name


@pytest.mark.parametrize("name", ["MedianPruner", "NopPruner", "HyperbandPruner", "SuccessiveHalvingPruner"])
def test_a_pruner_by_its_name(name: str) -> None:
    assert type(make_pruner(name)).__name__ == name


def test_options_reach_the_sampler() -> None:
    grid = make_sampler("GridSampler", {"search_space": {"x": [1, 2, 3], "y": ["a", None]}})
    assert isinstance(grid, optuna.samplers.GridSampler)
    assert len(grid._all_grids) == 6
    tpe = make_sampler("TPESampler", {"n_startup_trials": 3, "multivariate": True})
    assert isinstance(tpe, optuna.samplers.TPESampler)
    assert tpe._n_startup_trials == 3


def test_nested_classes_are_written_as_name_and_options() -> None:
    base = {"name": "RandomSampler"}
    sampler = make_sampler("PartialFixedSampler", {"fixed_params": {"x": 0.5}, "base_sampler": base}, seed=1)
    assert first_points(sampler, 2) == [0.5, 0.5]
    pruner = make_pruner(
        "PatientPruner", {"wrapped_pruner": {"name": "MedianPruner", "options": {"n_startup_trials": 2}}, "patience": 3}
    )
    assert isinstance(pruner, optuna.pruners.PatientPruner)
    assert isinstance(pruner._wrapped_pruner, optuna.pruners.MedianPruner)
    crossover = {"name": "SBXCrossover", "options": {"eta": 2.0}}
    assert make_sampler("NSGAIISampler", {"crossover": crossover}, seed=2)


def test_workers_of_one_seed_draw_different_points_and_repeat_their_own() -> None:
    points = [first_points(make_sampler("RandomSampler", seed=42, worker=worker)) for worker in range(4)]
    assert len({tuple(drawn) for drawn in points}) == 4
    assert points[2] == first_points(make_sampler("RandomSampler", seed=42, worker=2))
    assert points[0] == first_points(optuna.samplers.RandomSampler(42))


def test_workers_without_a_seed_draw_different_points() -> None:
    assert first_points(make_sampler("TPESampler", worker=0)) != first_points(make_sampler("TPESampler", worker=1))


def test_workers_share_the_order_of_a_grid() -> None:
    grids = [make_sampler("GridSampler", {"search_space": {"x": list(range(20))}}, 3, worker) for worker in (0, 1)]
    assert grids[0]._all_grids == grids[1]._all_grids  # type: ignore[attr-defined]


def test_the_largest_seed_leaves_room_for_the_workers() -> None:
    largest = 2**32 - 1
    assert first_points(make_sampler("RandomSampler", seed=largest, worker=1)) == first_points(
        make_sampler("RandomSampler", seed=0)
    )


@pytest.mark.parametrize(
    ("name", "options", "seed", "sentence"),
    [
        (
            "Nope",
            {},
            None,
            r"study.sampler.name: no sampler `Nope` in Optuna; allowed: BruteForceSampler, .*TPESampler",
        ),
        ("BaseSampler", {}, None, r"no sampler `BaseSampler`"),
        ("TPESampler", {"n_trials": 1}, None, r"options: TPESampler has no option `n_trials`; allowed: .*n_startup_tr"),
        ("TPESampler", {"n_startup_trials": "ten"}, None, r"options.n_startup_trials: is 'ten', must be an integer"),
        ("TPESampler", {"n_startup_trials": True}, None, r"n_startup_trials: is True, must be an integer"),
        ("TPESampler", {"gamma": 10}, None, r"options.gamma: takes Python objects, which a resource cannot hold"),
        ("NSGAIISampler", {"constraints_func": 1}, None, r"constraints_func: takes Python objects"),
        (
            "TPESampler",
            {"constraints_func": "m:f"},
            None,
            r"constraints_func: .* Call trial.set_constraint\(name, value\)",
        ),
        ("TPESampler", {"multivariate": False, "group": True}, None, r"study.sampler.options: TPESampler: .*group"),
        ("NSGAIISampler", {"population_size": 1}, None, r"study.sampler.options: NSGAIISampler: `population_size`"),
        ("GridSampler", {}, None, r"study.sampler.options: GridSampler needs the option `search_space`"),
        ("GridSampler", {"search_space": {"x": "abc"}}, None, r"must be an object of non-empty lists"),
        ("GridSampler", {"search_space": {"x": []}}, None, r"must be an object of non-empty lists"),
        (
            "PartialFixedSampler",
            {"fixed_params": {}, "base_sampler": "TPESampler"},
            None,
            r"must have the form \{name: …",
        ),
        ("PartialFixedSampler", {"fixed_params": {}, "base_sampler": {"name": "X"}}, None, r"base_sampler.name: no "),
        ("TPESampler", {"seed": 1}, None, r"`seed` is not an option. Set study.sampler.seed instead"),
        ("TPESampler", {}, -1, r"study.sampler.seed: is -1, must be an integer from 0 to 4294967295"),
        ("TPESampler", {}, 2**32, r"study.sampler.seed: is 4294967296"),
        ("TPESampler", {}, "one", r"study.sampler.seed: is 'one'"),
    ],
)
def test_a_wrong_sampler_is_refused_with_a_sentence(
    name: str, options: dict[str, Any], seed: Any, sentence: str
) -> None:
    with pytest.raises(ValueError, match=sentence):
        make_sampler(name, options, seed)


@pytest.mark.parametrize(
    ("name", "options", "sentence"),
    [
        ("Nope", {}, r"study.pruner.name: no pruner `Nope` in Optuna; allowed: HyperbandPruner, .*WilcoxonPruner"),
        ("NopPruner", {"a": 1}, r"study.pruner.options: NopPruner has no option `a`; allowed: none"),
        ("HyperbandPruner", {"max_resource": 1.5}, r"max_resource: is 1.5, must be a string or an integer"),
        ("PercentilePruner", {"percentile": 200.0}, r"study.pruner.options: PercentilePruner: .*100"),
        ("PercentilePruner", {}, r"needs the option `percentile`"),
        ("ThresholdPruner", {}, r"study.pruner.options: ThresholdPruner: .*lower"),
        (
            "PatientPruner",
            {"wrapped_pruner": {"name": "MedianPruner", "n": 1}, "patience": 1},
            r"must have the form \{name: …",
        ),
    ],
)
def test_a_wrong_pruner_is_refused_with_a_sentence(name: str, options: dict[str, Any], sentence: str) -> None:
    with pytest.raises(ValueError, match=sentence):
        make_pruner(name, options)


@pytest.mark.parametrize(
    ("name", "package"), [("GPSampler", "torch"), ("QMCSampler", "scipy"), ("CmaEsSampler", "cmaes")]
)
def test_a_missing_package_is_told_from_a_wrong_option(
    name: str, package: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(importlib.util, "find_spec", lambda wanted: None)
    with pytest.raises(NotInstalledError, match=f"{name} needs the package `{package}`"):
        make_sampler(name)
    with pytest.raises(ValueError, match="has no option"):
        make_sampler(name, {"nothing": 1})
