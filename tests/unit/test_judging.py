"""A large judgement runs beside the event loop, and one that does not end costs its own sweep a condition only."""

from __future__ import annotations

import asyncio
import threading
import time
from types import SimpleNamespace
from typing import Any

import pytest
from prometheus_client import CollectorRegistry

from hposweep import judging
from hposweep.api.sweep import Sweep
from hposweep.handlers import reconcile_once
from hposweep.judge.linter.sizes import judgement_size
from hposweep.judging import Judging, OverdueError
from hposweep.model.history import History
from hposweep.model.observation import Observation
from hposweep.reconcile import Reconciler
from hposweep.slots import Slots
from hposweep.telemetry.metrics import OperatorMetrics
from hposweep.wakeups import Backoff, Passes
from tests.unit import world
from tests.unit.judge.health.builders import complete
from tests.unit.memory import SETTINGS, MemoryCluster, MemoryStudies, made, passes

CPU_SECONDS = 0.05
LARGE = 2000  # trials


def history(trials: int) -> History:
    return History(tuple(complete(number) for number in range(trials)))


def reconciler(name: str, trials: int, **fields: Any) -> tuple[Reconciler, MemoryCluster]:
    sweep = world.sweep(name)
    cluster = MemoryCluster(sweep)
    return made(cluster, MemoryStudies(world.study(sweep, complete=trials), trials=history(trials)), **fields), cluster


class NeverEnding:
    """A judgement of the sweep `hostile` that takes CPU time from when it may until an exception ends it."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self._judge = judging.judge
        self.threads: list[threading.Thread] = []
        self.has_begun, self.may_spin = threading.Event(), threading.Event()
        monkeypatch.setattr(judging, "judge", self)

    def __call__(self, sweep: Sweep, observation: Observation) -> Any:
        if sweep.name != "hostile":
            return self._judge(sweep, observation)
        self.threads.append(threading.current_thread())
        self.has_begun.set()
        self.may_spin.wait()
        while True:
            pass


@pytest.fixture
def never_ending(monkeypatch: pytest.MonkeyPatch) -> NeverEnding:
    return NeverEnding(monkeypatch)


@pytest.mark.parametrize("is_large", [False, True])
async def test_the_size_of_the_judgement_decides(monkeypatch: pytest.MonkeyPatch, is_large: bool) -> None:
    threads: list[threading.Thread] = []
    judge = judging.judge

    def note_thread(*arguments: Any) -> Any:
        threads.append(threading.current_thread())
        return judge(*arguments)

    monkeypatch.setattr(judging, "judge", note_thread)
    size = judgement_size(world.sweep().spec, LARGE)
    monkeypatch.setattr(judging, "LARGE_SIZE", size + (0 if is_large else 1))
    await passes(reconciler("digits", LARGE)[0], 1)
    assert [thread is not threading.main_thread() for thread in threads] == [is_large]


def test_criteria_their_parameters_and_trials_all_count() -> None:
    trend = {"clearTrend": {"parameters": ["a", "b", "c"]}}
    plain, larger = world.sweep().spec, world.sweep(success={"full": [{"anyOf": [trend, trend]}]}).spec
    assert judgement_size(plain, 0) < judgement_size(plain, 1000) < judgement_size(larger, 1000)
    assert judgement_size(larger, 0) > judgement_size(plain, 0)


async def test_a_judgement_that_does_not_end_is_a_condition_while_a_neighbour_goes_on(
    never_ending: NeverEnding,
) -> None:
    shared = Judging(CPU_SECONDS)
    hostile, cluster = reconciler("hostile", LARGE, judging=shared)
    neighbour, healthy = reconciler("digits", LARGE, judging=shared)
    slots, metrics = Slots(1), OperatorMetrics(CollectorRegistry())

    async def one_pass(of: Reconciler, name: str) -> float:
        memo: Any = SimpleNamespace(reconciler=of, slots=slots, metrics=metrics, settings=SETTINGS, passes=Passes())
        return await reconcile_once(memo, "default", name, Backoff(3.0, 300.0))

    overdue = asyncio.create_task(one_pass(hostile, "hostile"))
    await asyncio.to_thread(never_ending.has_begun.wait)
    await one_pass(neighbour, "digits")
    assert healthy.held.status is not None
    assert not overdue.done(), "the neighbour's pass ended first, with the only slot"
    never_ending.may_spin.set()
    await overdue
    assert not never_ending.threads[0].is_alive()
    status = cluster.held.status
    assert status is not None
    condition = status.condition("Healthy")
    assert condition is not None
    assert (condition.status, condition.reason) == ("False", "JudgementTooLong")
    assert condition.message.startswith(
        "judging 2000 trials takes more than 0.05 s of CPU time, which no sweep may take. Use fewer criteria"
    )
    assert cluster.jobs == ()


async def test_an_overdue_sweep_waits_for_ever_longer_pauses_or_for_another_spec(
    never_ending: NeverEnding,
) -> None:
    never_ending.may_spin.set()
    threads, now = never_ending.threads, 0.0
    judgements = Judging(CPU_SECONDS, lambda: now)
    sweep, observation = world.sweep("hostile"), world.seen(history=history(LARGE))
    changed = world.sweep("hostile", generation=2)
    for seconds, subject, judged in (
        (0.0, sweep, 1), (0.04, sweep, 1), (0.06, sweep, 2), (0.15, sweep, 2), (0.17, sweep, 3), (0.18, changed, 4),
    ):  # fmt: skip
        now = seconds
        with pytest.raises(OverdueError, match=r"judging 2,000 trials took more than 0\.05 s"):
            await judgements.judge(subject, observation)
        assert len(threads) == judged
    judgements.forget("default", "hostile")
    with pytest.raises(OverdueError):
        await judgements.judge(changed, observation)
    assert len(threads) == 5
    assert not any(thread.is_alive() for thread in threads)


async def test_a_pass_that_is_cancelled_ends_its_judgement(never_ending: NeverEnding) -> None:
    never_ending.may_spin.set()
    task = asyncio.create_task(Judging(60.0).judge(world.sweep("hostile"), world.seen(history=history(LARGE))))
    await asyncio.to_thread(never_ending.has_begun.wait)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert not never_ending.threads[0].is_alive()


async def test_a_judgement_that_takes_no_exception_is_not_begun_twice(monkeypatch: pytest.MonkeyPatch) -> None:
    release, threads = threading.Event(), list[threading.Thread]()

    def stubborn(*_: Any) -> None:
        threads.append(threading.current_thread())
        while not release.is_set():
            try:
                time.sleep(0)
            except SystemExit:
                continue

    monkeypatch.setattr(judging, "judge", stubborn)
    monkeypatch.setattr(judging, "_INTERRUPTIONS", 2)
    judgements = Judging(0.01, lambda: len(threads) * 1e6)
    for _ in range(3):
        with pytest.raises(OverdueError):
            await judgements.judge(world.sweep(), world.seen(history=history(LARGE)))
    assert len(threads) == 1
    release.set()
    threads[0].join()


async def test_an_error_of_a_judgement_is_an_error_of_the_pass(monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*_: Any) -> None:
        raise KeyError("x")

    monkeypatch.setattr(judging, "judge", fail)
    with pytest.raises(KeyError):
        await Judging().judge(world.sweep(), world.seen(history=history(LARGE)))
