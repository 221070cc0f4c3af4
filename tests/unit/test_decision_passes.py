"""Decisions through whole passes: what workers are told, and when somebody looks again; each pass is a restart too."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from hposweep.database.errors import StorageError
from hposweep.judge.study_from_trials import counts_of
from hposweep.model.history import History
from tests.unit import world
from tests.unit.judge.deciding import point
from tests.unit.judge.histories import of_values
from tests.unit.memory import SETTINGS, MemoryCluster, MemoryStudies, made

ASK = {"deadlineSeconds": 60, "default": "Stop"}


class Story:
    """One sweep, its study, and a new operator for every pass."""

    def __init__(self, *points: dict[str, Any], **spec: Any) -> None:
        self.cluster = MemoryCluster(world.sweep(decisionPoints=[*points], **spec))
        self.studies = MemoryStudies()

    async def passed(self, seconds: float = 0, so_far: History | None = None) -> float | None:
        if so_far is not None:
            assert self.studies.study is not None
            self.studies.trials = so_far
            self.studies.study = replace(self.studies.study, counts=counts_of(so_far.trials))
        now = world.NOON + timedelta(seconds=seconds)
        operator = replace(made(self.cluster, self.studies), clock=lambda: now)
        return await operator.reconcile("default", "digits")

    async def begun(self) -> Story:
        for _ in range(3):
            await self.passed()
        self.cluster.pods = (world.pod(),)
        await self.passed()
        self.cluster.log.clear()
        return self

    @property
    def told(self) -> Any:
        assert self.studies.study is not None
        return (self.studies.study.control or {})["stop"]

    @property
    def outcomes(self) -> list[str]:
        assert self.cluster.held.status is not None
        return [entry.outcome for entry in self.cluster.held.status.decisions]


async def test_a_stop_drains_the_workers_and_ends_the_sweep() -> None:
    story = await Story(point()).begun()
    await story.passed(1, of_values([0.1] * 5))
    assert (story.told, story.outcomes) == ("Drain", ["Stop"])
    assert [line for line in story.cluster.log if line.startswith("event Stop")] == ["event Stopped"]
    await story.passed(2)
    story.cluster.pods, story.cluster.jobs = (), (world.job(is_complete=True),)
    await story.passed(3)
    assert story.cluster.held.status is not None
    assert story.cluster.held.status.state == "Stopped"
    assert len(story.cluster.jobs) == 1
    story.cluster.log.clear()
    await story.passed(4)
    assert story.cluster.log == []


async def test_a_question_is_looked_at_again_at_its_deadline() -> None:
    story = await Story(point(ask=ASK)).begun()
    assert await story.passed(1, of_values([0.28] * 5)) == pytest.approx(60)
    assert (story.told, story.outcomes) == ("None", ["Ask"])
    story.cluster.log.clear()
    assert await story.passed(31) == pytest.approx(30)
    assert story.cluster.log == [], "waiting is no news"
    await story.passed(61)
    assert (story.told, story.outcomes) == ("Drain", ["Stop"])


async def test_an_answer_in_time_lets_it_go_on_for_good() -> None:
    story = await Story(point(ask=ASK)).begun()
    await story.passed(1, of_values([0.28] * 5))
    answered = world.sweep(
        decisionPoints=[point(ask=ASK)],
        answers=[{"decision": "mid-sweep", "answer": "Continue", "by": "ada"}],
        generation=2,
    )
    story.cluster.held = replace(answered, status=story.cluster.held.status)
    await story.passed(30)
    assert (story.told, story.outcomes) == ("None", ["Continue"])
    assert await story.passed(600, of_values([0.1] * 9)) == SETTINGS.resync_seconds
    assert (story.told, story.outcomes) == ("None", ["Continue"])


async def test_a_moment_in_time_is_looked_at_when_it_comes() -> None:
    story = await Story(point(at={"seconds": 100}, otherwise="Continue"), budget={"activeDeadlineSeconds": 150}).begun()
    assert await story.passed(40) == pytest.approx(60)
    await story.passed(100)
    assert story.outcomes == ["Continue"]
    assert await story.passed(100) == pytest.approx(50)
    await story.passed(150)
    assert story.told == "Drain"


async def test_a_database_that_is_away_decides_nothing_and_keeps_what_was_decided() -> None:
    story = await Story(point("first"), point("second", at={"trials": 6})).begun()
    await story.passed(1, of_values([0.31] * 5))
    assert story.outcomes == ["Continue"]
    story.studies.error = StorageError("ConnectionFailed", "connection refused")
    await story.passed(2)
    assert story.outcomes == ["Continue"]
    story.studies.error = None
    await story.passed(3, of_values([0.31] * 6))
    assert story.outcomes == ["Continue", "Continue"]
