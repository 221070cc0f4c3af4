"""Rules that stop a sweep through whole passes, each by a new operator."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from hposweep.judge.study_from_trials import counts_of
from tests import builders
from tests.unit import world
from tests.unit.judge.histories import of_values
from tests.unit.memory import MemoryCluster
from tests.unit.test_decision_passes import Story

GOAL = {"bestValue": {"greaterThan": 0.35}}


async def begun(**spec: Any) -> Story:
    return await Story(**spec).begun()


async def test_workers_know_with_which_trials_the_sweep_may_stop() -> None:
    story = await begun(stopWhen=[GOAL, {"noImprovement": {"trials": 3}}])
    assert story.studies.study is not None
    block = story.studies.study.control or {}
    assert block["review"] == {"goals": [[0, 0.35, True]], "finished": 4}


async def test_a_goal_drains_the_workers_and_is_told_once_before_the_end() -> None:
    story = await begun(stopWhen=[GOAL])
    await story.passed(1, of_values([0.1, 0.36]))
    assert story.told == "Drain"
    told = [line for line in story.cluster.log if line.startswith("event GoalReached")]
    assert told == ["event GoalReached"]
    await story.passed(2)
    story.cluster.pods, story.cluster.jobs = (), (world.job(is_complete=True),)
    await story.passed(3)
    status = story.cluster.held.status
    assert status is not None
    assert (status.state, len(story.cluster.jobs)) == ("Complete", 1)
    assert status.condition("Complete").reason == "GoalReached"  # type: ignore[union-attr]  # it has ended
    assert [line for line in story.cluster.log if line.startswith("event GoalReached")] == told * 2
    story.cluster.log.clear()
    await story.passed(4)
    assert story.cluster.log == []


async def test_a_goal_that_an_edit_removes_stays_reached_after_a_restart() -> None:
    story = await begun(stopWhen=[GOAL])
    await story.passed(1, of_values([0.1, 0.36]))
    edited = world.sweep(decisionPoints=[], stopWhen=[], generation=2)
    story.cluster.held = replace(edited, status=story.cluster.held.status)
    await story.passed(2)
    assert story.told == "Drain"


async def test_an_adopted_study_that_has_reached_the_goal_starts_no_worker() -> None:
    story = Story(stopWhen=[GOAL], study=builders.study(adopt=True))
    await story.passed()
    story.studies.trials = of_values([0.1, 0.36, 0.2])
    assert story.studies.study is not None
    story.studies.study = replace(story.studies.study, counts=counts_of(story.studies.trials.trials))
    for second in range(3):
        await story.passed(second)
    assert isinstance(story.cluster, MemoryCluster)
    status = story.cluster.held.status
    assert status is not None
    assert status.condition("Complete").message == (  # type: ignore[union-attr]  # it has ended
        "best score 0.36 (trial 1) > 0.35 after 3 of 10 trials; "
        "the study had reached this before, so no worker was started"
    )
    assert story.cluster.jobs == ()
