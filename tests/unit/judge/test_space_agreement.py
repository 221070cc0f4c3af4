"""What the trials asked for, compared with the search space: from the distributions alone."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from optuna.distributions import BaseDistribution, CategoricalDistribution, FloatDistribution, IntDistribution

from hposweep.api.criteria import BoundariesResolved, ClearTrend, Criterion, EliteShare
from hposweep.judge.criteria.criterion import verdict
from hposweep.judge.evidence import Evidence
from hposweep.judge.space_agreement import MAX_TRIALS, differences
from hposweep.model.findings import Severity
from hposweep.model.history import FAIL, PRUNED, RUNNING, Trial
from hposweep.model.verdicts import Outcome
from hpotrial.protocol.control import ControlBlock
from tests import builders as b
from tests.unit import world
from tests.unit.judge.health.builders import complete, evidence, found

LR = b.float_parameter("lr", 1e-5, 1e-1, log=True)
ENCODER = b.categorical_parameter("encoder", "cnn", "context")
DEPTH = b.int_parameter("depth", 1, 4) | {"when": {"parameter": "encoder", "in": ["cnn"]}}
AGREED: dict[str, BaseDistribution] = {
    "lr": FloatDistribution(1e-5, 1e-1, log=True),
    "encoder": CategoricalDistribution(("cnn", "context")),
}


def trial(
    number: int, distributions: dict[str, BaseDistribution] | None, encoder: str = "context", **more: Any
) -> Trial:
    params: dict[str, Any] = {name: encoder if name == "encoder" else 1 for name in distributions or {}}
    return complete(number, params=params, distributions=distributions, **more)


def judged(*trials: Trial, space: list[dict[str, Any]] | None = None, start: int = 0) -> Evidence:
    sweep = world.sweep(searchSpace=[LR, ENCODER, DEPTH] if space is None else space)
    control = ControlBlock(100, breaker_from=start).to_json()
    return evidence(sweep, trials, study=replace(world.study(sweep), control=control))


def sentences(*trials: Trial, **more: Any) -> list[str]:
    return [difference.sentence for difference in differences(judged(*trials, **more))]


@pytest.mark.parametrize(
    ("parameter", "asked"),
    [
        (LR, FloatDistribution(1e-5, 1e-1, log=True)),
        (b.float_parameter("p", 0, 1, step=0.25), FloatDistribution(0.0, 1.0, step=0.25)),
        (b.float_parameter("p", 0, 1, step=0.4), FloatDistribution(0.0, 0.8, step=0.4)),  # as Optuna rounds it
        (b.int_parameter("p", 1, 8), IntDistribution(1, 8)),
        (b.int_parameter("p", 1, 8, step=2), IntDistribution(1, 7, step=2)),
        (b.categorical_parameter("p", "a", "b"), CategoricalDistribution(("b", "a"))),
        (b.categorical_parameter("p", 1, True, None), CategoricalDistribution((1.0, True, None))),
    ],
)
def test_what_params_asks_for_agrees(parameter: dict[str, Any], asked: BaseDistribution) -> None:
    assert sentences(trial(0, {parameter["name"]: asked}), space=[parameter]) == []


@pytest.mark.parametrize(
    ("parameter", "asked", "sentence"),
    [
        (
            LR,
            FloatDistribution(1e-4, 1e-3),
            "float 0.0001 to 0.001, and `spec.searchSpace` has float 1e-05 to 0.1, log",
        ),
        (LR, FloatDistribution(1e-5, 1e-1), "float 1e-05 to 0.1, and `spec.searchSpace` has float 1e-05 to 0.1, log"),
        (
            b.int_parameter("p", 1, 8),
            FloatDistribution(1, 8, step=1),
            "float 1 to 8, step 1, and `spec.searchSpace` has int 1 to 8",
        ),
        (
            b.categorical_parameter("p", 1, 2),
            CategoricalDistribution((1, True)),
            "choices 1, true, and `spec.searchSpace` has choices 1, 2",
        ),
        (
            b.int_parameter("p", 1, 2),
            CategoricalDistribution(tuple("abcdef")),
            'choices "a", "b", "c", "d", 2 more, and `spec.searchSpace` has int 1 to 2',
        ),
    ],
)
def test_another_range_or_kind_is_named_with_both(
    parameter: dict[str, Any], asked: BaseDistribution, sentence: str
) -> None:
    name = parameter["name"]
    assert sentences(trial(0, {name: asked}), space=[parameter]) == [f"`{name}` is asked for as {sentence}"]


def test_parameters_that_only_one_side_has_are_named() -> None:
    asked = {"lr": AGREED["lr"], "width": IntDistribution(1, 4)}
    assert sentences(trial(0, asked)) == [
        "`encoder` is in `spec.searchSpace`, and no trial asks for it",
        "`width` is asked for, and `spec.searchSpace` does not have it",
    ]


def test_a_conditional_parameter_is_missing_only_where_it_applies() -> None:
    assert sentences(trial(0, AGREED)) == []
    assert sentences(trial(0, AGREED, encoder="cnn")) == ["`depth` is in `spec.searchSpace`, and no trial asks for it"]
    assert sentences(trial(0, AGREED, encoder="cnn"), trial(1, {**AGREED, "depth": IntDistribution(1, 4)}, "cnn")) == []


@pytest.mark.parametrize("state", [FAIL, PRUNED, RUNNING])
def test_a_trial_that_ended_early_may_not_have_asked_yet(state: str) -> None:
    cut = Trial(0, state, params={"lr": 1}, distributions={"lr": AGREED["lr"]})
    assert sentences(cut) == []


def test_trials_of_a_file_tell_nothing() -> None:
    assert sentences(trial(0, None)) == []


def test_without_a_search_space_the_objective_has_its_own() -> None:
    assert sentences(trial(0, AGREED), space=[]) == []


def test_the_latest_trials_of_this_sweep_decide() -> None:
    other = {**AGREED, "lr": FloatDistribution(0, 1)}
    assert sentences(trial(0, other), trial(1, AGREED)) == []
    assert len(sentences(trial(0, AGREED), trial(1, other))) == 1
    assert sentences(trial(0, other), start=1) == []  # of an adopted study, or before the code was corrected
    many = [trial(number, AGREED) for number in range(1, MAX_TRIALS + 1)]
    assert sentences(trial(0, {**AGREED, "old": IntDistribution(1, 2)}), *many) == []


@pytest.mark.parametrize(
    "criterion",
    [
        Criterion(elite_share=EliteShare(parameter="encoder", min_lift=1.5)),
        Criterion(clear_trend=ClearTrend(parameters=("lr", "encoder"))),
        Criterion(boundaries_resolved=BoundariesResolved(parameters=("encoder",))),
    ],
)
def test_a_criterion_on_such_a_parameter_is_unknown_with_the_reason(criterion: Criterion) -> None:
    trials = [trial(number, {"lr": AGREED["lr"]}) for number in range(60)]
    result = verdict(criterion, judged(*trials).ended())
    assert result.outcome is Outcome.UNKNOWN
    assert result.message == "cannot be judged: `encoder` is in `spec.searchSpace`, and no trial asks for it"


def test_a_criterion_on_another_parameter_is_judged() -> None:
    trials = [trial(number, {"lr": AGREED["lr"]}) for number in range(60)]
    assert "cannot be judged" not in verdict(Criterion(clear_trend=ClearTrend(("lr",))), judged(*trials)).message


def test_the_first_trial_is_a_warning_of_health() -> None:
    sweep = world.sweep(searchSpace=[LR, ENCODER])
    finding = found(sweep, [trial(0, {"lr": AGREED["lr"], "a": IntDistribution(0, 1)})])["SearchSpaceDiffers"]
    assert finding.severity is Severity.WARNING
    assert finding.message == (
        "`encoder` is in `spec.searchSpace`, and no trial asks for it; `a` is asked for, and `spec.searchSpace` does "
        "not have it. Likely: an objective that suggests its parameters itself"
    )
    assert "call `params(trial)`" in finding.action
    assert "SearchSpaceDiffers" not in found(sweep, [trial(0, AGREED)])
