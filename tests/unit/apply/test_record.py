"""The way of entries from the status into the database: once, after a restart too, and never in the way of a pass."""

from __future__ import annotations

import logging
from dataclasses import replace
from datetime import timedelta

import pytest

from hposweep.apply import record
from hposweep.apply.event_limiter import EventLimiter
from hposweep.apply.record import RECENT_SECONDS, RETRY_SECONDS
from hposweep.database.dsn import Dsn
from hposweep.database.errors import StorageError
from hposweep.model.history import FAIL, History, Trial
from hpotrial import protocol
from tests.unit import world
from tests.unit.judge.histories import of_values
from tests.unit.memory import MemoryCluster, MemoryStudies, made, passes
from tests.unit.test_decision_passes import Story

FEW = 5
DENIED = StorageError("InsufficientRights", "permission denied for database d")


def kinds(studies: MemoryStudies) -> list[str]:
    return [studies.records[key].kind for key in sorted(studies.records)]


async def test_a_new_operator_for_every_pass_records_each_change_once() -> None:
    story = await Story().begun()
    before = kinds(story.studies)
    assert before[0] == "Created"
    assert story.studies.study is not None
    retry = Trial(1, "WAITING", attributes={protocol.RETRIED_FROM: 0})
    lost = Trial(0, FAIL, attributes={protocol.CLASS: protocol.PREEMPTED, protocol.CHARGED: False})
    story.studies.study = replace(story.studies.study, failures={protocol.PREEMPTED: 1}, retried=1)
    story.studies.trials = History((lost, retry))
    for second in range(4):
        await story.passed(second)
    assert kinds(story.studies) == [*before, "Reap", "Retry"]


async def test_nothing_is_written_while_nothing_changes() -> None:
    cluster, studies = MemoryCluster(world.sweep()), MemoryStudies()
    reconciler = made(cluster, studies)
    await passes(reconciler, 4)
    writes = studies.record_writes
    assert writes > 0
    await passes(reconciler, 3)
    assert studies.record_writes == writes


async def test_a_database_that_refuses_costs_one_log_line_and_a_note(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.WARNING)
    cluster, studies = MemoryCluster(world.sweep()), MemoryStudies(record_error=DENIED)
    now = world.NOON
    reconciler = made(cluster, studies, clock=lambda: now)
    delays = await passes(reconciler, 2)
    assert delays[-1] is not None
    assert delays[-1] <= reconciler.settings.settle_seconds, "the note is shown at once"
    await passes(reconciler, 4)
    assert studies.record_writes == 1, "another attempt waits"
    assert cluster.held.status is not None
    (note,) = cluster.held.status.health
    assert (note.reason, note.severity) == ("HistoryNotRecorded", "Info")
    assert "permission denied for database d" in note.message
    assert [line.message for line in caplog.records if "history" in line.message] == [
        "the history of sweep `digits` is not in its database: permission denied for database d"
    ]
    cluster.log.clear()
    await passes(made(cluster, studies, clock=lambda: now), 1)  # another process knows nothing yet
    assert not [line for line in cluster.log if line.startswith("status")]
    studies.record_error = None
    now += timedelta(seconds=RETRY_SECONDS)
    await passes(reconciler, 2)
    assert cluster.held.status.health == ()
    assert kinds(studies)[0] == "Created"


async def test_entries_that_wait_are_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(record, "MAX_WAITING", FEW)
    cluster, studies = MemoryCluster(world.sweep()), MemoryStudies(record_error=DENIED)
    reconciler = made(cluster, studies)
    await passes(reconciler, 2)
    for generation in range(2, 2 * FEW):
        status = cluster.held.status
        cluster.held = replace(world.sweep(generation=generation, owner=f"o{generation}"), status=status)
        await passes(reconciler, 1)
    waiting = reconciler.recorder._waiting(cluster.held)
    assert len(waiting.entries) == FEW
    studies.record_error = None
    reconciler.recorder._retry_at.clear()
    await passes(reconciler, 1)
    numbers = [number for _, number in sorted(studies.records)]
    assert numbers == list(range(waiting.newest - FEW + 1, waiting.newest + 1))


async def test_a_study_of_another_sweep_gets_no_entry() -> None:
    cluster, studies = MemoryCluster(world.sweep()), MemoryStudies()
    studies.study = replace(world.study(cluster.held), owner="another")
    await passes(made(cluster, studies), 3)
    assert studies.record_writes == 0


async def test_the_last_entry_is_written_after_a_kill_at_the_end_but_not_for_an_old_end() -> None:
    story = await Story(trials={"max": 2}).begun()
    await story.passed(1, of_values([0.1, 0.2]))
    story.cluster.pods, story.cluster.jobs = (), (world.job(is_complete=True),)
    await story.passed(2)
    assert kinds(story.studies).count("End") == 1
    last = max(story.studies.records)
    del story.studies.records[last]  # as if the operator had been killed before it wrote
    await story.passed(RECENT_SECONDS + 10)
    assert last not in story.studies.records
    await story.passed(3)
    assert last in story.studies.records


async def test_a_sweep_that_is_gone_is_forgotten() -> None:
    cluster, studies, limiter = MemoryCluster(world.sweep()), MemoryStudies(record_error=DENIED), EventLimiter()
    reconciler = made(cluster, studies, event_limiter=limiter)
    await passes(reconciler, 2)
    assert limiter._buckets
    reconciler.forget("default", "digits")
    assert reconciler.recorder._sweeps == {}
    assert limiter._buckets == {}


async def test_a_login_that_is_refused_keeps_no_other_login_of_its_database_waiting() -> None:
    now = world.NOON
    refused, allowed = MemoryStudies(record_error=DENIED), MemoryStudies(dsn=Dsn("postgresql://other:p@h/d"))
    assert refused.dsn.database_id == allowed.dsn.database_id
    one = made(MemoryCluster(world.sweep()), refused, clock=lambda: now)
    await passes(one, 2)
    assert list(one.recorder._retry_at) == [refused.dsn]
    cluster = MemoryCluster(replace(world.sweep(), namespace="other"))
    other = made(cluster, allowed, clock=lambda: now, recorder=one.recorder)
    await passes(other, 2)
    assert kinds(allowed)[0] == "Created"
    now += timedelta(seconds=RETRY_SECONDS)
    cluster.held = replace(cluster.held, generation=2, spec=world.sweep(generation=2, owner="another").spec)
    await passes(other, 1)
    assert one.recorder._retry_at == {}, "a login that is used no more takes no place"
