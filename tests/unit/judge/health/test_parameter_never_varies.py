"""What the sampler does with the space: one choice only, one value only, the same again."""

from __future__ import annotations

import random
from typing import Any

import pytest

from hposweep.api.sweep import Sweep
from hposweep.model.findings import Severity
from hposweep.model.history import Trial
from tests import builders
from tests.unit import world
from tests.unit.judge.health.builders import attributes, complete, found

FAMILY = builders.categorical_parameter("family", "cnn", "context")


def sweep(*space: dict[str, Any], sampler: str = "TPESampler", **health: Any) -> Sweep:
    study = builders.study(sampler={"name": sampler})
    return world.sweep(trials={"max": 500}, searchSpace=list(space or [FAMILY]), study=study, health=health)


def settled(others: int, last: int, *, effect: float) -> list[Trial]:
    """`context` in each second trial at first, then `cnn` for the last ones; `cnn` is better by `effect`."""
    rng = random.Random(7)
    families = ["cnn", "context"] * others + ["cnn"] * last
    return [
        complete(n, rng.gauss(effect if family == "cnn" else 0.0, 1.0), params={"family": family, "x": rng.random()})
        for n, family in enumerate(families)
    ]


def test_a_choice_that_dominates_without_evidence_is_a_warning() -> None:
    finding = found(sweep(), settled(12, 50, effect=0.0))["ValueDominates"]
    assert finding.severity is Severity.WARNING
    assert finding.message.startswith(
        "`family` was 'cnn' in 50 of the last 50 trials that have it (other choices in 12 trials in total); trials "
        "of the same age do not show that it is better (p "
    )
    assert "spec.contrast" in finding.action


def test_with_evidence_it_is_information() -> None:
    finding = found(sweep(), settled(12, 50, effect=4.0))["ValueDominates"]
    assert finding.severity is Severity.INFO
    assert "trials of the same age confirm that it is better (p " in finding.message


def test_minimize_is_maximize_mirrored() -> None:
    down = world.sweep(trials={"max": 500}, searchSpace=[FAMILY], study=builders.study(direction="Minimize"))
    assert found(down, settled(12, 50, effect=4.0))["ValueDominates"].severity is Severity.WARNING
    assert found(down, settled(12, 50, effect=-4.0))["ValueDominates"].severity is Severity.INFO


@pytest.mark.parametrize(
    ("trials", "spec"),
    [
        (settled(12, 46, effect=0.0), sweep()),  # 48 of the last 50 would do; 48 are: two alternate
        (settled(12, 20, effect=0.0), sweep()),
        (settled(12, 50, effect=0.0), sweep(sampler="GridSampler")),
        (settled(12, 50, effect=0.0), sweep(builders.categorical_parameter("family", *"abcdefghijklmno", "cnn"))),
    ],
    ids=["under the share", "varied", "a grid", "more choices need more trials"],
)
def test_other_samples_are_fine(trials: list[Trial], spec: Sweep) -> None:
    if len(trials) == 70:
        spec = sweep(maxSameValueRatio=0.97)
    assert "ValueDominates" not in found(spec, trials)


def test_contrast_trials_are_no_choice_of_the_sampler() -> None:
    contrast = [complete(100 + n, params={"family": "context"}, attributes=attributes(contrast={})) for n in range(10)]
    assert "ValueDominates" in found(sweep(), [*settled(12, 50, effect=0.0), *contrast])


@pytest.mark.parametrize(
    ("parameter", "values", "fires"),
    [
        (builders.float_parameter("p", 0.0, 1.0), [0.5] * 10, True),
        (builders.float_parameter("p", 0.0, 1.0), [0.5] * 9, False),
        (builders.float_parameter("p", 0.0, 1.0), [0.5] * 20 + [0.6], False),
        (builders.int_parameter("p", 2, 2), [2] * 20, False),
        (builders.int_parameter("p", 2, 3), [2] * 20, True),
        (builders.int_parameter("p", 2, 3, step=2), [2] * 20, False),
        (builders.float_parameter("p", 0.0, 1.0, step=2.0), [0.0] * 20, False),
        (builders.categorical_parameter("p", "a"), ["a"] * 20, False),
        (FAMILY | {"name": "p"}, ["cnn"] * 60, True),
    ],
)
def test_a_parameter_that_never_varies(parameter: dict[str, Any], values: list[Any], *, fires: bool) -> None:
    trials = [complete(n, params={"p": value, "x": n}) for n, value in enumerate(values)]
    listed = found(sweep(parameter), trials)
    assert ("ParameterNeverVaries" in listed) is fires
    assert "ValueDominates" not in listed, "one finding of one fact"


def test_a_parameter_that_exists_in_some_trials_is_judged_by_them() -> None:
    trials = [complete(n, params={"x": n} | ({"p": 0.1} if n % 2 else {})) for n in range(20)]
    finding = found(sweep(builders.float_parameter("p", 0.0, 1.0)), trials)["ParameterNeverVaries"]
    assert finding.message.startswith("`p` was 0.1 in all 10 trials that have it; the search space allows 0 to 1.")


def repeats(count: int, of: int, **fields: Any) -> list[Trial]:
    """The last ones repeat the first ones."""
    return [complete(n, params={"x": n if n < of - count else n - of + count}, **fields) for n in range(of)]


@pytest.mark.parametrize(("count", "of", "fires"), [(11, 60, True), (10, 60, False), (5, 19, False), (5, 20, True)])
def test_repeats_among_the_last_fifty(count: int, of: int, *, fires: bool) -> None:
    assert ("Duplicates" in found(sweep(builders.float_parameter("x", 0, 99)), repeats(count, of))) is fires


def test_a_grid_retries_and_contrast_pairs_may_repeat() -> None:
    space = builders.float_parameter("x", 0, 99)
    assert "Duplicates" not in found(sweep(space, sampler="GridSampler"), repeats(30, 60))
    for mark in (attributes(retried_from=1), attributes(contrast={"pair": 1})):
        marked = [complete(100 + n, params={"x": n}, attributes=mark) for n in range(30)]
        assert "Duplicates" not in found(sweep(space), [*repeats(0, 30), *marked])


def test_a_space_that_is_used_up_is_the_first_cause() -> None:
    trials = [complete(n, params={"p": n % 4}) for n in range(40)]
    message = found(sweep(builders.int_parameter("p", 0, 3)), trials)["Duplicates"].message
    assert "exhausted (4 configurations)" in message
