"""A baseline trial without reports: told only where a pruner of Optuna was chosen that cannot work without them."""

from __future__ import annotations

from typing import Any

import pytest

from hposweep.judge.baseline_reports import missing_reports
from hposweep.model.history import COMPLETE, Trial
from tests import builders
from tests.unit import world


def sentence(pruner: Any, attributes: dict[str, Any], **study: Any) -> str:
    spec = world.sweep(study=builders.study(pruner=pruner, **study)).spec
    return missing_reports(spec, Trial(0, COMPLETE, (1.0,), attributes=attributes))


@pytest.mark.parametrize(
    "pruner", [{"name": "HyperbandPruner"}, {"name": "MedianPruner", "options": {"n_warmup_steps": 3}}]
)
def test_a_pruner_that_was_chosen_gets_no_report(pruner: dict[str, Any]) -> None:
    assert sentence(pruner, {"hposweep:reports": 0}) == (
        f"the trial reported no intermediate value, so `spec.study.pruner` (`{pruner['name']}`) would end no trial "
        "early. Report one after each step"
    )


@pytest.mark.parametrize(
    ("pruner", "attributes"),
    [
        ({"name": "HyperbandPruner"}, {"hposweep:reports": 1}),
        ({"name": "HyperbandPruner"}, {}),
        ({"name": "HyperbandPruner"}, {"hposweep:reports": "0"}),
        ({}, {"hposweep:reports": 0}),
        ({"name": "NopPruner"}, {"hposweep:reports": 0}),
        ({"class": "own:Pruner"}, {"hposweep:reports": 0}),
    ],
)
def test_nothing_is_told_without_need(pruner: dict[str, Any], attributes: dict[str, Any]) -> None:
    assert sentence(pruner, attributes) == ""


def test_nothing_is_told_with_several_objectives() -> None:
    goals = [{"name": name, "direction": "Maximize"} for name in ("a", "b")]
    assert sentence({"name": "HyperbandPruner"}, {"hposweep:reports": 0}, objectives=goals) == ""
