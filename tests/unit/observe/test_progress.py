"""Polling: one query per database, and only the sweeps whose studies moved are woken."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Iterable
from typing import Any

from hposweep.database.errors import StorageError
from hposweep.database.lane import Lane
from hposweep.model.trials import Counts, Study
from hposweep.observe.progress import Progress


class OneDatabase:
    """Answers counts; raises when it is away."""

    def __init__(self) -> None:
        self.now: dict[int, Counts] = {}
        self.asked: list[set[int]] = []
        self.is_away = False
        self.forgotten: list[int] = []
        self.lane = Lane()

    def forget(self, study_id: int) -> None:
        self.forgotten.append(study_id)

    def counts(self, study_ids: Iterable[int]) -> dict[int, Counts]:
        self.asked.append(set(study_ids))
        if self.is_away:
            raise StorageError("ConnectionFailed", "refused")
        return self.now


async def looked(progress: Progress) -> None:
    """One tick."""
    task = asyncio.create_task(progress.run(3600))
    await asyncio.sleep(0.05)
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)


def watching(database: Any, *ids: int) -> tuple[Progress, list[tuple[str, str]]]:
    woken: list[tuple[str, str]] = []
    progress = Progress(lambda _: None, woken.append)
    for study_id in ids:
        progress.watch(("ns", f"s{study_id}"), database, Study(study_id, "study", counts=Counts(complete=study_id)))
    return progress, woken


async def test_one_query_for_all_studies_and_a_wake_up_for_the_one_that_moved() -> None:
    database = OneDatabase()
    progress, woken = watching(database, 1, 2)
    database.now = {1: Counts(complete=1), 2: Counts(complete=3)}
    await looked(progress)
    assert database.asked == [{1, 2}]
    assert woken == [("ns", "s2")]


async def test_a_forgotten_sweep_is_not_asked_for() -> None:
    database = OneDatabase()
    progress, _ = watching(database, 1)
    progress.forget(("ns", "s1"))
    await looked(progress)
    assert database.asked == []


async def test_the_trials_of_a_study_are_kept_in_memory_only_while_its_sweep_is_watched() -> None:
    database, other = OneDatabase(), OneDatabase()
    progress, _ = watching(database, 1, 2)
    progress.watch(("ns", "s1"), database, Study(1, "study", counts=Counts(complete=5)))  # type: ignore[arg-type]  # see OneDatabase
    assert database.forgotten == []
    progress.watch(("ns", "s1"), database, Study(3, "renamed"))  # type: ignore[arg-type]  # see OneDatabase
    progress.watch(("ns", "s2"), other, Study(2, "moved"))  # type: ignore[arg-type]  # see OneDatabase
    assert database.forgotten == [1, 2]
    progress.forget(("ns", "s1"))
    progress.forget(("ns", "s1"))
    assert (database.forgotten, other.forgotten) == ([1, 2, 3], [])


async def test_a_loss_and_a_return_wake_everybody_once() -> None:
    database = OneDatabase()
    progress, woken = watching(database, 1, 2)
    database.is_away = True
    await looked(progress)
    await looked(progress)
    assert sorted(woken) == [("ns", "s1"), ("ns", "s2")]
    woken.clear()
    database.is_away = False
    database.now = {1: Counts(complete=1), 2: Counts(complete=2)}
    await looked(progress)
    assert sorted(woken) == [("ns", "s1"), ("ns", "s2")]


async def test_a_database_that_hangs_or_breaks_keeps_no_other_waiting() -> None:
    let_go = threading.Event()

    class Hangs(OneDatabase):
        def counts(self, study_ids: Iterable[int]) -> dict[int, Counts]:
            let_go.wait(30)
            return {}

    class Breaks(OneDatabase):
        def counts(self, study_ids: Iterable[int]) -> dict[int, Counts]:
            raise ValueError("not foreseen")

    well = OneDatabase()
    progress, _ = watching(well, 1)
    for number, database in enumerate((Hangs(), Breaks()), start=2):
        progress.watch(("ns", f"s{number}"), database, Study(number, "study"))  # type: ignore[arg-type]  # see OneDatabase
    task = asyncio.create_task(progress.run(0.01))
    try:
        async with asyncio.timeout(10):
            while len(well.asked) < 3:  # noqa: ASYNC110  # it grows in another thread, which knows no event of ours
                await asyncio.sleep(0.01)
    finally:
        let_go.set()
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)
