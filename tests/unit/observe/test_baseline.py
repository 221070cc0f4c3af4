"""What a sweep is compared with: numbers, an earlier study, or a sentence that says why there is neither."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import timedelta
from typing import Any

import pytest

from hposweep.api.spec import BaselineSpec as Wanted
from hposweep.api.sweep import Sweep
from hposweep.api.wire import from_wire
from hposweep.database.errors import StorageError
from hposweep.model.baseline import Baseline
from hposweep.model.history import History, Trial
from hposweep.model.trials import Best, BestObjectiveValue, BestTrial, Counts, Study
from hposweep.observe.baseline import Baselines, baseline_faults
from tests.unit import world
from tests.unit.memory import MemoryCluster, MemoryDatabases, MemoryStudies

EARLIER = Study(
    id=3,
    name="earlier",
    directions=("MAXIMIZE",),
    counts=Counts(complete=19, failed=1),
    best=Best(BestTrial(4, (0.286,)), (BestObjectiveValue(4, 0.286),)),
)
TRIALS = History((Trial(4, "COMPLETE", (0.286,)),))


@dataclass(eq=False)
class Database(MemoryStudies):
    """Counts how often it is looked at."""

    trials: History = TRIALS
    names: list[str] = field(default_factory=list)

    def read(self, name: str, maximized: Sequence[bool]) -> Study | None:
        self.names.append(name)
        return super().read(name, maximized) if name == "earlier" else None


def compared(**baseline: Any) -> Sweep:
    """A sweep with such a block."""
    sweep = world.sweep()
    return replace(sweep, spec=replace(sweep.spec, baseline=from_wire(Wanted, baseline)))


async def observed(
    sweep: Sweep, database: Database | None, seconds: float = 0, *, by: Baselines | None = None, **cluster: Any
) -> Baseline | None:
    memory = MemoryCluster(sweep, **cluster)
    own: Any = database
    databases: Any = MemoryDatabases(database or Database())
    return await (by or Baselines()).observe(sweep, memory, databases, own, world.NOON + timedelta(seconds=seconds))


async def test_without_a_block_there_is_none() -> None:
    assert await observed(world.sweep(), Database()) is None


async def test_numbers_need_no_database() -> None:
    assert await observed(compared(value=0.286, trials=20), None) == Baseline(best=0.286, trials=20)


async def test_an_earlier_study_gives_its_best_and_its_trials() -> None:
    assert await observed(compared(study="earlier"), Database(EARLIER)) == Baseline(
        best=0.286, trials=20, study="earlier", directions=("MAXIMIZE",), history=TRIALS
    )


@pytest.mark.parametrize(
    ("name", "study", "words"),
    [
        (
            "nothing",
            EARLIER,
            "study `nothing` of `spec.baseline.study` does not exist in the database of Secret `optuna",
        ),
        ("default.digits", EARLIER, "which is the sweep's own study"),
        ("earlier", replace(EARLIER, directions=("MINIMIZE",)), "other objectives (Minimize) than"),
        ("earlier", replace(EARLIER, directions=("MAXIMIZE", "MINIMIZE")), "(Maximize, Minimize)"),
        ("earlier", replace(EARLIER, best=Best()), "no complete trial with a finite value (20 finished)"),
    ],
)
async def test_what_cannot_be_compared_is_refused_with_a_sentence(name: str, study: Study, words: str) -> None:
    found = await observed(compared(study=name), Database(study))
    assert found is not None
    assert words in found.fault
    assert found.best is None
    assert [(fault.reason, fault.message) for fault in baseline_faults(found)] == [("Contradiction", found.fault)]


async def test_the_own_study_is_fine_in_another_database() -> None:
    other = {"secretRef": {"name": "old", "key": "uri"}}
    sweep, database = compared(study="default.digits", storage=other), Database(EARLIER)
    memory, databases, own = MemoryCluster(sweep), MemoryDatabases(database), Database(EARLIER)
    found = await Baselines().observe(sweep, memory, databases, own, world.NOON)  # type: ignore[arg-type]  # what it uses of them
    assert found is not None
    assert "does not exist in the database of Secret `old` (key `uri`)" in found.fault
    assert (database.names, own.names) == (["default.digits"], [])


async def test_another_database_that_no_secret_names_is_refused() -> None:
    sweep = compared(study="earlier", storage={"secretRef": {"name": "old", "key": "uri"}})
    found = await observed(sweep, Database(EARLIER), secret=None)
    assert found is not None
    assert "`spec.baseline.storage.secretRef` must name a key" in found.fault
    assert baseline_faults(found)


async def test_a_database_that_is_away_speaks_against_nothing() -> None:
    for database in (None, Database(EARLIER, error=StorageError("ConnectionFailed", "connection refused"))):
        found = await observed(compared(study="earlier"), database)
        assert found is not None
        assert found.is_temporary
        assert "cannot be read: " in found.fault
        assert baseline_faults(found) == ()


async def test_what_was_read_holds_while_its_database_is_away() -> None:
    baselines, sweep, database = Baselines(), compared(study="earlier"), Database(EARLIER)
    first = await observed(sweep, database, by=baselines)
    database.error = StorageError("ConnectionFailed", "connection refused")
    assert await observed(sweep, database, 61, by=baselines) == first
    assert await observed(sweep, None, 100, by=baselines) == first


async def test_it_is_read_once_a_minute_and_after_each_change_of_the_spec() -> None:
    baselines, database = Baselines(), Database(EARLIER)
    for seconds in (0, 30, 59, 61, 90):
        await observed(compared(study="earlier"), database, seconds, by=baselines)
    assert len(database.names) == 2
    await observed(compared(study="other"), database, 91, by=baselines)
    assert database.names[2:] == ["other"]


async def test_a_mistake_is_looked_at_again_at_once() -> None:
    baselines, sweep, database = Baselines(), compared(study="earlier"), Database(None)
    missing = await observed(sweep, database, by=baselines)
    assert missing is not None
    assert missing.fault
    database.study = EARLIER
    found = await observed(sweep, database, 1, by=baselines)
    assert found is not None
    assert found.best == 0.286


async def test_a_sweep_that_goes_leaves_no_trials_in_memory() -> None:
    baselines, sweep, database = Baselines(), compared(study="earlier"), Database(EARLIER)
    await observed(sweep, database, by=baselines)
    baselines.forget(sweep.namespace, sweep.name)
    baselines.forget(sweep.namespace, sweep.name)
    assert database.forgotten == [EARLIER.id]
