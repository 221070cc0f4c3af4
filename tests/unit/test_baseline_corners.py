"""The corners of the baseline trial over passes of the operator: one pod, a gate that waits, and warnings."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from hposweep.model.history import COMPLETE, FAIL, PRUNED, RUNNING, WAITING, History
from hpotrial import protocol
from hpotrial.protocol.baseline import BaselineMark
from tests import builders
from tests.unit.baseline_world import JOB, SEARCH, World, sweep

SPACE = [builders.float_parameter("x", -10.0, 10.0), builders.int_parameter("depth", 1, 8)]
CORNERS = {"params": {"x": 1.0}, "corners": True}


def world(**fields: Any) -> World:
    return World(sweep(**{"searchSpace": SPACE, "baselineTrial": CORNERS, **fields}))


def set_trial(here: World, number: int, state: str, *values: float, **attributes: Any) -> None:
    trials = list(here.trials)
    trial = trials[number]
    trials[number] = replace(trial, state=state, values=values, attributes={**trial.attributes, **attributes})
    here.studies.trials = History(tuple(trials))


async def completed(here: World) -> World:
    """Return the world after the baseline trial itself, whose corners wait."""
    await here.reconcile()
    set_trial(here, 0, COMPLETE, 0.5)
    await here.reconcile()
    return here


async def test_one_attempt_enqueues_the_trial_and_both_extremes_for_one_pod() -> None:
    here = world()
    await here.reconcile()
    assert [trial.params for trial in here.trials] == [{"x": 1.0}, {"x": 10.0, "depth": 8}, {"x": -10.0, "depth": 1}]
    marks = [BaselineMark.from_json(trial.attributes[protocol.BASELINE]) for trial in here.trials]
    assert [mark.corner for mark in marks if mark is not None] == ["", "upper", "lower"]
    assert len({mark.key for mark in marks if mark is not None}) == 1
    assert here.created == [JOB]


async def test_the_search_waits_for_the_corners() -> None:
    here = await completed(world())
    assert here.state == ("Baseline", "Unknown", "Running")
    assert here.condition.message == "corner `upper` is about to run"
    set_trial(here, 1, RUNNING)
    await here.reconcile()
    assert here.condition.message == "corner `upper` runs as trial 1"
    set_trial(here, 1, COMPLETE, 0.25)
    set_trial(here, 2, COMPLETE, 0.75)
    here.end_job()
    await here.reconcile()
    assert here.created == [JOB, SEARCH]
    assert (here.condition.reason, here.condition.message) == (
        "Passed",
        "trial 0 completed: score 0.5. 2 of 2 corners completed",
    )
    assert here.studies.study is not None
    assert here.studies.study.control is not None
    assert here.studies.study.control["breakerFrom"] == 3, "the breaker counts none of them"


@pytest.mark.parametrize(
    ("state", "values", "attributes", "words"),
    [
        (FAIL, (), {protocol.CLASS: "OutOfMemory"}, "Corner `upper` (x=10, depth=8): trial 1 failed: OutOfMemory"),
        (COMPLETE, (5.0,), {}, "Corner `upper` (x=10, depth=8): trial 1 completed: score 5. Its score 5 is outside"),
        (
            COMPLETE,
            (0.5,),
            {protocol.MEMORY: {"host": 99, "hostLimit": 100}},
            "Corner `upper` (x=10, depth=8): 99% of the memory was in use",
        ),
        (WAITING, (), {}, "Corner `upper` (x=10, depth=8) has not run"),
        (PRUNED, (), {}, None),
    ],
)
async def test_a_corner_that_fails_is_a_warning_with_its_parameters(
    state: str, values: tuple[float, ...], attributes: dict[str, Any], words: str | None
) -> None:
    goal = {"name": "score", "direction": "Maximize", "range": {"max": 1.0}}
    here = await completed(world(study={"objectives": [goal]}))
    set_trial(here, 1, state, *values, **attributes)
    set_trial(here, 2, COMPLETE, 0.75)
    here.end_job()
    await here.reconcile()
    assert here.condition.status == "True"
    assert here.condition.reason == ("Passed" if words is None else "PassedWithWarnings")
    assert words is None or words in here.condition.message
    assert SEARCH in here.created, "a warning keeps nothing from starting"


async def test_a_failed_trial_fails_the_gate_whatever_its_corners_wait_for() -> None:
    here = world()
    await here.reconcile()
    set_trial(here, 0, FAIL, **{protocol.CLASS: "ObjectiveError"})
    here.end_job()
    await here.reconcile()
    assert here.state == ("Baseline", "False", "Failed")
    assert "trial 0 failed: ObjectiveError" in here.condition.message


async def test_a_change_replaces_corners_that_wait() -> None:
    here = await completed(world())
    here.change(searchSpace=SPACE, baselineTrial={"params": {"x": 2.0}})
    await here.reconcile()
    assert here.created == [JOB, f"{JOB}-2"]
    assert [(trial.state, trial.params) for trial in here.trials] == [(COMPLETE, {"x": 1.0}), (WAITING, {"x": 2.0})]


async def test_corners_that_do_not_count_raise_the_budget_too() -> None:
    here = world(baselineTrial=CORNERS | {"count": False})
    await here.reconcile()
    assert here.cluster.held.status is not None
    assert here.cluster.held.status.trials.baseline == 3


async def test_a_space_without_numbers_is_told() -> None:
    space = [{"name": "x", "categorical": {"choices": [1, 2]}}]
    here = world(searchSpace=space, baselineTrial={"params": {"x": 1}, "corners": True})
    await completed(here)
    assert "No parameter of `spec.searchSpace` is a number" in here.condition.message


async def test_a_killed_operator_runs_no_corner_twice() -> None:
    here = await completed(world())
    before = here.cluster.held.status
    set_trial(here, 1, COMPLETE, 0.5)
    set_trial(here, 2, COMPLETE, 0.5)
    await here.reconcile()
    here.cluster.held = replace(here.cluster.held, status=before)
    await here.reconcile(4)
    assert (here.created, len(here.trials)) == ([JOB, SEARCH], 3)
