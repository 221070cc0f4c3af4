"""Builders of sweeps with stop rules, and the rule that is reached."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from hposweep.api.sweep import Sweep
from hposweep.judge.stop_when.reached import first_reached
from hposweep.model.history import History
from hposweep.model.verdicts import ReachedRule
from tests import builders
from tests.unit import world
from tests.unit.judge.deciding import NOW, evidence, sweep
from tests.unit.judge.histories import trial

Json = dict[str, Any]

GOAL: Json = {"bestValue": {"greaterThan": 0.35}}
GONE = (world.job(is_suspended=True),)
TWO = builders.study() | {
    "objectives": [{"name": "score", "direction": "Maximize"}, {"name": "loss", "direction": "Minimize"}]
}


def patience(trials: int, **more: int) -> Json:
    return {"noImprovement": {"trials": trials, **more}}


def failures(share: float, **more: int) -> Json:
    return {"failedRatio": {"greaterThan": share, **more}}


def stopping(*rules: Json, max_trials: int = 100, points: Sequence[Json] = (), **spec: Any) -> Sweep:
    return sweep(*points, **{"most": max_trials, "stopWhen": [*rules], **spec})


def first(of: Sweep, so_far: History, **fields: Any) -> ReachedRule | None:
    return first_reached(of.spec, evidence(of, so_far, **fields), NOW)


def reached(of: Sweep, so_far: History, **fields: Any) -> ReachedRule:
    rule = first(of, so_far, **fields)
    assert rule is not None
    return rule


def of_values_of(values: Sequence[tuple[float, ...]]) -> History:
    return History(tuple(trial(number, value) for number, value in enumerate(values)))
