"""What a warm start reads of other studies, and the sentence when it cannot be used."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from typing import Any

import pytest

from hposweep.api.sweep import Sweep
from hposweep.database.errors import StorageError
from hposweep.model.study_start import Candidate, WarmStart, WarmStartRecord
from hposweep.model.trials import Counts, Study
from hposweep.observe.warm_starts import observe_warm_starts, warm_start_faults
from tests import builders
from tests.unit import world
from tests.unit.memory import MemoryCluster, MemoryDatabases, MemoryStudies

EARLIER = Study(id=3, name="v2", directions=("MAXIMIZE",), counts=Counts(complete=19, failed=1))
BEST = (Candidate(4, {"x": 99.0}), Candidate(8, {"x": 2.0}), Candidate(1, {"x": 3.0}))


@dataclass(eq=False)
class Database(MemoryStudies):
    """Has one study with some best trials."""

    best: Sequence[Candidate] = BEST
    limits_asked: list[int] = field(default_factory=list)

    def read(self, name: str, maximized: Sequence[bool]) -> Study | None:
        study = super().read(name, maximized)
        return study if study is not None and study.name == name else None

    def candidates(self, study_id: int, maximize: Sequence[bool], limit: int) -> list[Candidate]:
        self.limits_asked.append(limit)
        return list(self.best)


def sweep(study: str = "v2", **entry: Any) -> Sweep:
    return world.sweep(study=builders.study(warmStart=[{"study": study, **entry}]))


async def observed(
    of: Sweep, database: Database | None = None, own: Study | None = None, **cluster: Any
) -> tuple[WarmStart, ...] | None:
    database = database or Database(EARLIER)
    databases: Any = MemoryDatabases(database)
    studies: Any = database
    return await observe_warm_starts(of, own, MemoryCluster(of, **cluster), databases, studies)


async def fault(of: Sweep, database: Database | None = None, **cluster: Any) -> str:
    (found,) = warm_start_faults(await observed(of, database, **cluster))
    assert found.reason == "WarmStartUnusable"
    return found.message


async def test_the_best_that_fit_are_taken() -> None:
    database = Database(EARLIER)
    (entry,) = await observed(sweep(top=2), database) or ()
    assert (entry.record.trials, entry.params, entry.record.skipped) == ((8, 1), ({"x": 2.0}, {"x": 3.0}), 1)
    assert warm_start_faults((entry,)) == ()
    assert database.limits_asked == [10]


async def test_nothing_is_read_without_need() -> None:
    of = sweep()
    assert await observed(world.sweep()) is None
    assert await observe_warm_starts(of, None, MemoryCluster(of), MemoryDatabases(Database()), None) is None  # type: ignore[arg-type]
    done = replace(world.study(of), warm_start=(WarmStartRecord("v2", (8,)),))
    assert await observed(of, own=done) is None
    assert await observed(of, own=replace(done, owner="another")) is not None


@pytest.mark.parametrize(
    ("of", "study", "words"),
    [
        (sweep("nothing"), EARLIER, "study `nothing` does not exist in the database of Secret `optuna-db` (key `uri`)"),
        (sweep("default.digits"), EARLIER, "`default.digits` is the sweep's own study"),
        (sweep(), replace(EARLIER, directions=("MINIMIZE",)), "other objectives (Minimize) than"),
        (sweep(), replace(EARLIER, directions=("MAXIMIZE", "MINIMIZE")), "(Maximize, Minimize)"),
    ],
)
async def test_a_study_that_cannot_be_used_is_named(of: Sweep, study: Study, words: str) -> None:
    assert words in await fault(of, Database(study))


async def test_a_study_without_a_complete_trial_is_waited_for() -> None:
    message = await fault(sweep(), Database(EARLIER, best=()))
    assert "`spec.study.warmStart[0].study`: study `v2` has no complete trial" in message
    assert "(20 finished)" in message


async def test_a_study_of_another_space_is_a_fault_with_the_first_reason() -> None:
    message = await fault(sweep(), Database(EARLIER, best=BEST[:1]))
    assert "none of the 1 best trial of study `v2` fits" in message
    assert "trial 4: `x` is 99.0, allowed is -10 to 10" in message


async def test_a_missing_secret_is_named_with_its_field() -> None:
    of = sweep(storage={"secretRef": {"name": "other", "key": "url"}})
    message = await fault(of, secret=None)
    assert "key `url` of Secret `other`" in message
    assert "`spec.study.warmStart[0].storage.secretRef`" in message


async def test_a_database_that_does_not_answer_keeps_the_sweep_waiting() -> None:
    message = await fault(sweep(), Database(error=StorageError("ConnectionFailed", "connection refused")))
    assert message == "`spec.study.warmStart[0]`: study `v2` cannot be read: connection refused"
