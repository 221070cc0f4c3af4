"""GPU time through whole passes, each by a new operator: what is written, and when nothing is."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from hposweep.api.status import Status
from hposweep.model.gpu_seconds import PodTimes
from hposweep.model.workers import Pod
from hposweep.plan.trials import TERMINATION_CHECK_SECONDS
from hpotrial import protocol
from tests import builders
from tests.unit import world
from tests.unit.judge.histories import history, trial
from tests.unit.test_decision_passes import Story

GPU = {"name": "trial", "image": "i", "resources": {"limits": {"nvidia.com/gpu": 2}}}
COST = {"pricePerGpuHour": 36.0, "currency": "EUR"}  # a cent for each GPU second


def at(second: float) -> Any:
    return world.NOON + timedelta(seconds=second)


def pod(ended: float | None = None) -> Pod:
    times = PodTimes(at(0), at(0), at(0), None if ended is None else at(ended))
    return world.pod(0, "Running" if ended is None else "Succeeded", ledger=times)


async def begun(**spec: Any) -> Story:
    story = await Story(workers=builders.workers(containers=[GPU]), cost=COST, **spec).begun()
    story.cluster.pods = (pod(),)
    await story.passed()
    story.cluster.log.clear()
    return story


def status(story: Story) -> Status:
    assert story.cluster.held.status is not None
    return story.cluster.held.status


async def test_time_alone_writes_no_status_for_ten_minutes() -> None:
    story = await begun()
    for second in (1, 60, 599):
        await story.passed(second)
    assert story.cluster.log == []
    await story.passed(600)
    gpu_seconds, cost = status(story).gpu_seconds, status(story).cost
    assert gpu_seconds is not None
    assert cost is not None
    assert (gpu_seconds.allocated, gpu_seconds.start, gpu_seconds.gpus, cost.amount) == (1200, 1200, 2, 12.0)
    assert status(story).message == "0 of 10 trials; 12.00 EUR"


async def test_a_pod_that_ends_is_counted_released_and_forgotten() -> None:
    story = await begun()
    done = trial(0, 0.5, seconds=80.0, completed=at(90), attributes={protocol.POD_UID: "pod-uid-0"})
    story.cluster.pods = (pod(ended=100),)
    assert await story.passed(101, history(done)) == pytest.approx(0.2)
    first = status(story).gpu_seconds
    assert first is not None
    assert (first.allocated, first.training, first.wasted) == (200, 160, {"waiting": 20})
    assert first.ended.releasing == ("pod-uid-0",)
    await story.passed(102)
    assert "ReleasePods" in story.cluster.log
    story.cluster.pods = ()
    await story.passed(103)
    second = status(story).gpu_seconds
    assert second is not None
    assert (second.allocated, second.ended.pods, second.is_settled) == (200, 1, True)


async def test_the_end_of_a_pod_is_looked_for_without_an_event() -> None:
    story = await begun()
    story.cluster.pods = (replace(pod(), is_terminating=True),)
    await story.passed(50)
    assert await story.passed(51) == pytest.approx(TERMINATION_CHECK_SECONDS)


async def test_the_budget_is_looked_at_when_it_is_spent_and_drains() -> None:
    story = await begun(budget={"gpuSeconds": 500})
    assert await story.passed(200) == pytest.approx(50)
    assert story.told == "None"
    await story.passed(250)
    assert story.told == "Drain"
    done = trial(0, 0.5, seconds=80.0, completed=at(251), attributes={protocol.POD_UID: "pod-uid-0"})
    story.cluster.pods, story.cluster.jobs = (pod(ended=249),), (world.job(is_complete=True),)
    await story.passed(252, history(done))
    complete = status(story).condition("Complete")
    assert complete is not None
    assert (complete.status, complete.reason) == ("True", "GpuBudgetReached")
    assert complete.message == "stopped by `spec.budget.gpuSeconds: 500` after 1 of 10 trials"
    assert status(story).message.endswith(", budget of GPU seconds reached; 4.98 EUR")


async def test_a_sweep_that_has_ended_still_releases_its_pods() -> None:
    story = await begun()
    spec = replace(story.cluster.held.spec, stop="Drain")
    story.cluster.held = replace(story.cluster.held, spec=spec, generation=2)
    story.cluster.pods, story.cluster.jobs = (pod(ended=100),), (world.job(is_complete=True),)
    await story.passed(101, history(trial(0, 0.5, seconds=80.0, completed=at(90))))
    assert status(story).has_ended
    await story.passed(102)
    assert "ReleasePods" in story.cluster.log
    story.cluster.pods = ()
    await story.passed(103)
    assert status(story).gpu_seconds is not None
    assert status(story).gpu_seconds.is_settled  # type: ignore[union-attr]  # see above
    story.cluster.log.clear()
    await story.passed(104)
    assert story.cluster.log == []


async def test_a_raised_budget_lets_the_search_continue() -> None:
    story = await begun(budget={"gpuSeconds": 500})
    await story.passed(250)
    spec = replace(story.cluster.held.spec, budget=replace(story.cluster.held.spec.budget, gpu_seconds=1000))
    story.cluster.held = replace(story.cluster.held, spec=spec, generation=2)
    await story.passed(251)
    assert story.told == "None"


async def test_a_status_that_is_refused_for_its_failures_is_not_written_in_each_pass() -> None:
    story = await begun()
    story.cluster.refuses_status = lambda of: "too large" if of.trials.failures else ""
    await story.passed(1, history(trial(0, None, "FAIL", completed=at(1))))
    assert story.studies.study is not None
    story.studies.study = replace(story.studies.study, failures={"ObjectiveError": 1})
    await story.passed(2)
    before = status(story)
    assert (before.trials.failed, before.trials.failures) == (1, {})
    story.cluster.log.clear()
    await story.passed(3)
    assert status(story) == before
    assert story.cluster.log == ["status refused"]


async def test_a_sweep_whose_only_pod_is_gone_uncounted_settles_after_its_end() -> None:
    story = await begun()
    spec = replace(story.cluster.held.spec, stop="Drain")
    story.cluster.held = replace(story.cluster.held, spec=spec, generation=2)
    story.cluster.pods, story.cluster.jobs = (), (world.job(is_complete=True),)
    await story.passed(101)
    await story.passed(102)
    gpu_seconds = status(story).gpu_seconds
    assert status(story).has_ended
    assert gpu_seconds is not None
    assert (gpu_seconds.open_pods, gpu_seconds.gpus, gpu_seconds.is_settled) == (0, 0, True)
    story.cluster.log.clear()
    await story.passed(103)
    assert story.cluster.log == []
