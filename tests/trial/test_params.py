"""The search space, as Optuna's suggest calls."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import optuna
import pytest
from hypothesis import given
from hypothesis import strategies as st

from hpotrial import params, protocol
from hpotrial.objective.params import distributions, sort_by_dependency, suggest
from hpotrial.testing import fixed_trial

LR = {"name": "lr", "float": {"low": 1e-5, "high": 1e-1, "log": True}}
ENCODER = {"name": "encoder", "categorical": {"choices": ["cnn", "context"]}}
DEPTH = {"name": "depth", "int": {"low": 2, "high": 8}, "when": {"parameter": "encoder", "in": ["cnn"]}}
KERNEL = {"name": "kernel", "int": {"low": 1, "high": 9, "step": 2}, "when": {"parameter": "depth", "in": [2, 3]}}


def asked(values: dict[str, Any], items: list[dict[str, Any]]) -> dict[str, Any]:
    return suggest(optuna.trial.FixedTrial(values), items)


def test_every_kind_of_item_is_one_suggestion() -> None:
    items = [
        LR,
        {"name": "dropout", "float": {"low": 0.0, "high": 0.5, "step": 0.05}},
        {"name": "width", "int": {"low": 8, "high": 512, "log": True}},
        {"name": "flags", "categorical": {"choices": ["a", 1, 2.5, True, None]}},
    ]
    values = {"lr": 0.01, "dropout": 0.25, "width": 64, "flags": None}
    assert asked(values, items) == values
    assert distributions(items)["dropout"] == optuna.distributions.FloatDistribution(0.0, 0.5, step=0.05)
    assert distributions(items)["width"] == optuna.distributions.IntDistribution(8, 512, log=True)


def test_an_item_whose_condition_holds_is_suggested() -> None:
    values = {"encoder": "cnn", "depth": 3, "kernel": 5}
    assert asked(values, [ENCODER, DEPTH, KERNEL]) == values


def test_an_item_whose_condition_fails_is_absent_and_so_are_its_children() -> None:
    assert asked({"encoder": "context"}, [ENCODER, DEPTH, KERNEL]) == {"encoder": "context"}
    assert asked({"encoder": "cnn", "depth": 8}, [ENCODER, DEPTH, KERNEL]) == {"encoder": "cnn", "depth": 8}


def test_a_parent_may_stand_after_its_children() -> None:
    assert [item["name"] for item in sort_by_dependency([KERNEL, DEPTH, LR, ENCODER])] == [
        "encoder",
        "depth",
        "kernel",
        "lr",
    ]


def test_true_is_not_one() -> None:
    parent = {"name": "bias", "categorical": {"choices": [True, False]}}
    child = {"name": "scale", "float": {"low": 0, "high": 1}, "when": {"parameter": "bias", "in": [1]}}
    assert asked({"bias": True, "scale": 0.5}, [parent, child]) == {"bias": True}


@pytest.mark.parametrize(
    ("items", "sentence"),
    [
        ([DEPTH], "`depth` depends on `encoder`, which is not in the search space"),
        ([LR, LR], "duplicate parameter `lr`"),
        ([{**ENCODER, "when": {"parameter": "depth", "in": [2]}}, DEPTH], "depends on `encoder` itself"),
        ([{"name": "x"}], "must have exactly one of float, int, categorical, has none"),
        ([{**LR, "int": {"low": 1, "high": 2}}], "must have exactly one of float, int, categorical, has float and int"),
        ([{"name": "x", "float": {"low": 2, "high": 1}}], "`x`: .*low.*high"),
        ([{"name": "x", "categorical": {"choices": []}}], "`x`: .*choices"),
        ([{"name": "x", "int": {"low": 0, "high": 9, "log": True}}], "`x`: .*low"),
        ([{"name": "x", "int": {"low": "few", "high": 9}}], "`x`: "),
    ],
)
def test_a_space_that_makes_no_sense_is_refused_with_a_sentence(items: list[Any], sentence: str) -> None:
    with pytest.raises(ValueError, match=sentence):
        distributions(items)


def test_params_adds_the_fixed_values() -> None:
    block = {"objective": {"python": "a:b", "fixed": {"epochs": 30}}, "searchSpace": [ENCODER]}
    environ = {protocol.WORK_ENV: json.dumps(block)}
    assert params(optuna.trial.FixedTrial({"encoder": "cnn"}), environ) == {"epochs": 30, "encoder": "cnn"}


def test_params_outside_a_sweep_says_what_to_do() -> None:
    with pytest.raises(RuntimeError) as caught:
        params(optuna.create_study().ask(), {})
    assert str(caught.value) == (
        "params(trial) needs the search space of a sweep, and this is no worker. Set the environment variable "
        "HPOSWEEP_FILE to the file of the sweep, for instance `HPOSWEEP_FILE=sweep.yaml python debug.py`, or pass "
        "hpotrial.testing.fixed_trial({...}) to the objective"
    )


SWEEP = """
kind: ConfigMap
---
kind: HPOSweep
spec:
  objective: {python: "a:b", fixed: {epochs: 030, nesterov: y}}
  searchSpace: [{name: lr, float: {low: 1e-5, high: 1e-1, log: true}}]
"""


def test_params_of_a_file_outside_a_sweep(tmp_path: Path) -> None:
    file = tmp_path / "sweep.yaml"
    file.write_text(SWEEP)
    study = optuna.create_study()
    study.optimize(lambda trial: params(trial, {protocol.FILE_ENV: str(file)})["lr"], n_trials=3)
    assert all(1e-5 <= trial.params["lr"] <= 1e-1 for trial in study.trials)
    environ = {protocol.FILE_ENV: str(file)}
    assert params(fixed_trial({"lr": 1e-3}), environ) == {"epochs": 24, "nesterov": True, "lr": 1e-3}


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        (None, "HPOSWEEP_FILE: `.*sweep.yaml` cannot be read .*No such file.* Name the file of the sweep"),
        ("a: [", "HPOSWEEP_FILE: `.*sweep.yaml` cannot be read "),
        ("kind: Job", "holds no document of kind HPOSweep. Name the file of the sweep"),
    ],
)
def test_a_file_without_a_sweep_is_refused(tmp_path: Path, text: str | None, sentence: str) -> None:
    file = tmp_path / "sweep.yaml"
    if text is not None:
        file.write_text(text)
    with pytest.raises(RuntimeError, match=sentence):
        params(optuna.create_study().ask(), {protocol.FILE_ENV: str(file)})


def test_a_fixed_trial_needs_no_sweep() -> None:
    trial = fixed_trial({"lr": 0.1, "net": "cnn"}, number=3)
    assert params(trial, {}) == {"lr": 0.1, "net": "cnn"}
    assert trial.suggest_float("lr", 0, 1) == 0.1
    trial.report(1.0, 0)
    assert not trial.should_prune()
    assert trial.number == 3


@st.composite
def spaces(draw: st.DrawFn) -> list[dict[str, Any]]:
    """Up to 8 items in any order, each possibly below one that was made before it."""
    items: list[dict[str, Any]] = []
    for index in range(draw(st.integers(1, 8))):
        kind = draw(st.sampled_from(["float", "int", "categorical"]))
        spec: dict[str, Any]
        if kind == "float":
            spec = {"low": draw(st.floats(0.1, 1.0)), "high": draw(st.floats(1.5, 9.0)), "log": draw(st.booleans())}
        elif kind == "int":
            spec = {"low": draw(st.integers(1, 3)), "high": draw(st.integers(4, 9)), "log": draw(st.booleans())}
        else:
            spec = {"choices": draw(st.lists(st.sampled_from(["a", "b", 3, 4.5, None]), min_size=1, unique=True))}
        item: dict[str, Any] = {"name": f"p{index}", kind: spec}
        parents = [parent for parent in items if "categorical" in parent or "int" in parent]
        if parents and draw(st.booleans()):
            parent = draw(st.sampled_from(parents))
            allowed = parent["categorical"]["choices"] if "categorical" in parent else list(range(1, 6))
            item["when"] = {
                "parameter": parent["name"],
                "in": draw(st.lists(st.sampled_from(allowed), min_size=1, unique=True)),
            }
        items.append(item)
    return draw(st.permutations(items))


@given(spaces(), st.integers(0, 1000))
def test_an_item_is_there_exactly_when_its_condition_holds(items: list[dict[str, Any]], seed: int) -> None:
    optuna.logging.set_verbosity(optuna.logging.WARNING)
    trial = optuna.create_study(sampler=optuna.samplers.RandomSampler(seed)).ask()
    found = suggest(trial, items)
    for item in items:
        when = item.get("when")
        holds = when is None or (when["parameter"] in found and found[when["parameter"]] in when["in"])
        assert (item["name"] in found) == holds
    assert trial.params == found
    assert {name: made for name, made in distributions(items).items() if name in found} == trial.distributions


@given(spaces())
def test_order_keeps_every_item_once_and_parents_first(items: list[dict[str, Any]]) -> None:
    names = [item["name"] for item in sort_by_dependency(items)]
    assert sorted(names) == sorted(item["name"] for item in items)
    for item in items:
        if "when" in item:
            assert names.index(item["when"]["parameter"]) < names.index(item["name"])
    if not any("when" in item for item in items):
        assert names == [item["name"] for item in items]
