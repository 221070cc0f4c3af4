"""A large study is judged beside the event loop, a small one in it."""

from __future__ import annotations

import threading
from typing import Any

import pytest

from hposweep import reconcile
from hposweep.model.history import History
from tests.unit import world
from tests.unit.judge.health.builders import complete
from tests.unit.memory import MemoryCluster, MemoryStudies, made, passes


@pytest.mark.parametrize(("trials", "is_beside"), [(reconcile.LARGE_TRIALS - 1, False), (reconcile.LARGE_TRIALS, True)])
async def test_the_size_of_the_study_decides(monkeypatch: pytest.MonkeyPatch, trials: int, is_beside: bool) -> None:
    threads: list[threading.Thread] = []
    judge = reconcile.judge

    def judging(*arguments: Any) -> Any:
        threads.append(threading.current_thread())
        return judge(*arguments)

    monkeypatch.setattr(reconcile, "judge", judging)
    sweep = world.sweep()
    history = History(tuple(complete(number) for number in range(trials)))
    studies = MemoryStudies(world.study(sweep, complete=trials), trials=history)
    await passes(made(MemoryCluster(sweep), studies), 1)
    assert [thread is not threading.main_thread() for thread in threads] == [is_beside]
