"""The pass as a whole, with a cluster and a database in memory: what is written, in which order, and when nothing is.

The real ones stand beside it in tests/integration and tests/e2e.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from hposweep.api.spec import BaselineSpec
from hposweep.database.errors import StorageError
from hposweep.model.storage import Limit
from hposweep.model.trials import Breaker, Counts, RunningTrial
from hposweep.plan.control import control
from tests import builders
from tests.unit import world
from tests.unit.memory import SETTINGS, MemoryCluster, MemoryStudies, made, passes


async def test_a_sweep_gets_its_study_then_its_job_and_then_nothing_is_written() -> None:
    cluster, studies = MemoryCluster(world.sweep()), MemoryStudies()
    delays = await passes(made(cluster, studies), 3)
    assert [line for line in cluster.log if line.startswith(("create", "status"))] == [
        "create digits-search",
        "status Pending",
        "status Pending",
    ]
    assert delays == [0.0, SETTINGS.settle_seconds, SETTINGS.retry_seconds], (
        "its Job has no pod yet, and only an event would say why"
    )
    assert studies.study is not None
    assert studies.study.control == control(cluster.held)
    cluster.log.clear()
    await passes(made(cluster, studies), 5)
    assert cluster.log == []


async def test_events_follow_the_status_that_they_belong_to() -> None:
    cluster = MemoryCluster(world.sweep(), secret=None)
    await passes(made(cluster, MemoryStudies()), 2)
    assert cluster.log == ["status Pending", "event Valid", "event SecretNotFound"]


async def test_a_missing_secret_is_looked_for_again_soon() -> None:
    cluster = MemoryCluster(world.sweep(), secret=None)
    assert await passes(made(cluster, MemoryStudies()), 1) == [SETTINGS.retry_seconds]


@pytest.mark.parametrize(("minutes", "pause"), [(0, SETTINGS.retry_seconds), (1, 15.0), (2, 30.0), (60, 60.0)])
async def test_a_closed_storage_gate_is_tried_again_after_growing_pauses(minutes: int, pause: float) -> None:
    cluster, now = MemoryCluster(world.sweep()), [world.NOON]
    studies = MemoryStudies(error=StorageError("InsufficientRights", "permission denied"))
    reconciler = made(cluster, studies, clock=lambda: now[0])
    await passes(reconciler, 1)
    now[0] += timedelta(minutes=minutes)
    assert await passes(reconciler, 1) == [pause]
    studies.error = None
    await passes(reconciler, 2)
    assert storage_ready(cluster)[:2] == ("True", "Connected")


async def test_the_checks_of_the_database_are_in_the_status_and_do_not_change_it_alone() -> None:
    cluster, studies = MemoryCluster(world.sweep(workers=builders.workers(0))), MemoryStudies()
    reconciler = made(cluster, studies)
    await passes(reconciler, 3)
    assert cluster.held.status is not None
    rows = {row.check: (row.outcome, row.value) for row in cluster.held.status.storage}
    assert (rows["latency"], rows["study"]) == (("Passed", "1 ms"), ("Passed", "owned by this sweep"))
    cluster.log.clear()
    studies.measured = replace(studies.measured, latency_seconds=0.02, ahead_seconds=-3.0)
    await passes(reconciler, 2)
    assert cluster.log == []


async def test_a_secret_that_is_no_text_is_told_of() -> None:
    cluster = MemoryCluster(world.sweep())

    async def secret_value(*_: str) -> str:
        return b"postgresql://\xff".decode()

    cluster.secret_value = secret_value  # type: ignore[method-assign]  # a Secret may hold any bytes
    assert await passes(made(cluster, MemoryStudies()), 1) == [SETTINGS.retry_seconds]
    assert cluster.held.status is not None
    condition = cluster.held.status.condition("StorageReady")
    assert condition is not None
    assert (condition.status, condition.reason) == ("False", "InvalidUrl")
    assert "Secret `optuna-db` in namespace `default` is not text in UTF-8" in condition.message


async def test_the_secret_is_named_where_the_database_only_names_itself() -> None:
    cluster = MemoryCluster(world.sweep())
    studies = MemoryStudies(error=StorageError("ConnectionFailed", "connection refused"))
    await passes(made(cluster, studies), 1)
    assert cluster.held.status is not None
    condition = cluster.held.status.condition("StorageReady")
    assert condition is not None
    assert condition.message == "the database of Secret `optuna-db` (key `uri`): connection refused"


@pytest.mark.parametrize(("is_known", "may_go"), [(False, True), (True, False)])
async def test_only_a_study_that_exists_holds_a_deletion_while_the_database_is_away(
    is_known: bool, may_go: bool
) -> None:
    cluster, studies = MemoryCluster(world.sweep()), MemoryStudies()
    if is_known:
        await passes(made(cluster, studies), 2)
        cluster.jobs = ()
    studies.error = StorageError("ConnectionFailed", "connection refused")
    assert await made(cluster, studies).release("default", "digits") is may_go


async def test_a_template_that_the_cluster_refuses_starts_nothing() -> None:
    cluster, studies = MemoryCluster(world.sweep(), refusal="unknown field imag"), MemoryStudies()
    await passes(made(cluster, studies), 2)
    assert cluster.jobs == ()
    assert studies.study is None
    assert cluster.held.status is not None
    assert cluster.held.status.state == "Failed"
    assert "unknown field imag" in cluster.held.status.message


async def test_a_quota_against_the_job_is_waited_for_and_fails_nothing() -> None:
    cluster = MemoryCluster(world.sweep(), refusal="exceeded quota: jobs", is_final=False)
    reconciler = made(cluster, MemoryStudies())
    assert await passes(reconciler, 1) == [SETTINGS.retry_seconds]
    assert cluster.held.status is not None
    accepted = cluster.held.status.condition("Accepted")
    assert accepted is not None
    assert (accepted.status, accepted.reason, cluster.held.status.state) == ("False", "NotAdmitted", "Pending")
    cluster.refusal = ""
    await passes(reconciler, 2)
    assert len(cluster.jobs) == 1


async def test_a_database_that_fails_while_the_study_is_made_is_shown() -> None:
    cluster = MemoryCluster(world.sweep())
    studies = MemoryStudies()
    reconciler = made(cluster, studies)

    def refuse(*_: Any) -> None:
        raise StorageError("InsufficientRights", "permission denied for schema public")

    studies.create = refuse  # type: ignore[method-assign]  # only the creation fails
    assert await passes(reconciler, 1) == [SETTINGS.retry_seconds]
    assert cluster.held.status is not None
    condition = cluster.held.status.condition("StorageReady")
    assert condition is not None
    assert (condition.status, condition.reason) == ("False", "InsufficientRights")


async def test_a_database_without_room_is_waited_for_before_the_first_worker_and_not_asked_after() -> None:
    cluster, studies = MemoryCluster(world.sweep()), MemoryStudies(free=(Limit("the server", 10, 7),))
    reconciler = made(cluster, studies)
    assert await passes(reconciler, 2) == [0.0, SETTINGS.retry_seconds]
    assert cluster.jobs == ()
    assert storage_ready(cluster)[:2] == ("False", "TooFewConnections")
    studies.free = (Limit("the server", 10, 0),)
    await passes(reconciler, 1)
    assert storage_ready(cluster) == ("True", "Connected", ROOM)
    studies.free = (Limit("the server", 10, 10),)
    await passes(reconciler, 2)
    assert storage_ready(cluster) == ("True", "Connected", ROOM)


ROOM = "study `default.digits` (id 7); 1 worker uses up to 2 of 10 free connections"


def storage_ready(cluster: MemoryCluster) -> tuple[str, str, str]:
    assert cluster.held.status is not None
    found = cluster.held.status.condition("StorageReady")
    assert found is not None
    return found.status, found.reason, found.message


async def test_a_breaker_stands_until_the_user_has_suspended_and_resumed_the_sweep() -> None:
    cluster, studies = MemoryCluster(world.sweep()), MemoryStudies()
    reconciler = made(cluster, studies)
    await passes(reconciler, 3)
    assert studies.study is not None
    counts, breaker = Counts(failed=5), Breaker("ImportError", "no module `torch`", 4)
    studies.study = replace(studies.study, counts=counts, breaker=breaker)
    cluster.jobs = (world.job(is_complete=True),)  # the workers saw it before we did, and went
    cluster.log.clear()
    assert await passes(reconciler, 2) == [SETTINGS.resync_seconds] * 2
    assert cluster.log == ["status Suspended", "event Suspended", "event FailingImmediately"]
    held = cluster.held
    cluster.held = replace(world.sweep(suspend=True), status=held.status, generation=2)
    await passes(reconciler, 3)
    assert studies.study.breaker is None
    assert studies.study.control is not None
    assert studies.study.control["breakerFrom"] == 5
    cluster.held = replace(world.sweep(), status=cluster.held.status, generation=3)
    await passes(reconciler, 2)
    assert [(job.name, job.is_suspended) for job in cluster.jobs[1:]] == [("digits-search-2", False)]
    assert studies.study.control["breakerFrom"] == 5


async def test_a_lost_pod_is_waited_for_then_deleted_after_its_trial_was_given_up() -> None:
    cluster, studies = MemoryCluster(world.sweep()), MemoryStudies()
    reconciler = made(cluster, studies)
    await passes(reconciler, 3)
    assert studies.study is not None
    studies.study = replace(studies.study, running=(RunningTrial(1, 0, "pod-uid-0"),))
    cluster.pods = (world.pod(0, unreachable_since=world.NOON - timedelta(seconds=290)),)
    assert await passes(reconciler, 1) == [pytest.approx(10)]
    assert studies.study.running
    cluster.pods = (world.pod(0, unreachable_since=world.NOON - timedelta(seconds=301)),)
    await passes(reconciler, 1)
    assert studies.study.running == ()
    assert cluster.pods == ()


async def test_a_change_of_size_is_one_patch_of_the_job() -> None:
    cluster, studies = MemoryCluster(world.sweep()), MemoryStudies()
    await passes(made(cluster, studies), 3)
    cluster.log.clear()
    cluster.held = replace(world.sweep(workers=builders.workers(4)), status=cluster.held.status)
    await passes(made(cluster, studies), 2)
    assert [line for line in cluster.log if not line.startswith(("status", "event"))] == ["resize digits-search"]
    assert cluster.jobs[0].parallelism == 4


async def test_a_sweep_that_has_ended_is_not_looked_at_again() -> None:
    cluster = MemoryCluster(world.sweep(), refusal="never")
    reconciler = made(cluster, MemoryStudies())
    await passes(reconciler, 1)
    studies = reconciler.databases.studies  # type: ignore[attr-defined]
    studies.error = StorageError("ConnectionFailed", "gone")
    cluster.log.clear()
    assert await passes(reconciler, 2) == [SETTINGS.resync_seconds] * 2
    assert cluster.log == []
    assert reconciler.databases.errors == []  # type: ignore[attr-defined]


async def test_a_sweep_that_is_being_deleted_is_left_to_its_release() -> None:
    cluster = MemoryCluster(replace(world.sweep(), is_deleting=True))
    assert await passes(made(cluster, MemoryStudies()), 1) == [None]
    assert cluster.log == []


async def test_a_baseline_that_cannot_be_one_keeps_workers_from_starting_until_it_is_mended() -> None:
    sweep = world.sweep()
    wrong = replace(sweep, spec=replace(sweep.spec, baseline=BaselineSpec(study=sweep.study_name)))
    cluster = MemoryCluster(wrong)
    reconciler = made(cluster, MemoryStudies())
    await passes(reconciler, 3)
    assert cluster.held.status is not None
    accepted = cluster.held.status.condition("Accepted")
    assert accepted is not None
    assert (accepted.status, accepted.reason) == ("False", "Contradiction")
    assert cluster.jobs == ()
    cluster.held = replace(cluster.held, spec=replace(sweep.spec, baseline=BaselineSpec(value=0.3)))
    await passes(reconciler, 3)
    assert cluster.jobs


async def test_the_trials_are_read_for_judging_once_the_study_is_its_own() -> None:
    cluster, studies = MemoryCluster(world.sweep()), MemoryStudies()
    await passes(made(cluster, studies), 1)
    assert studies.looked == []
    await passes(made(cluster, studies), 1)
    assert studies.looked == [7]
    assert studies.study is not None
    studies.study = replace(studies.study, owner="another")
    await passes(made(cluster, studies), 1)
    assert studies.looked == [7]


async def test_a_tier_that_nobody_could_judge_at_the_end_is_judged_when_that_is_possible() -> None:
    criteria = {"minimum": [builders.best_value(greater_than=0.5)]}
    cluster = MemoryCluster(world.sweep(success=criteria), jobs=(world.job(),))
    sweep = cluster.held
    studies = MemoryStudies(world.study(sweep, best=0.7, complete=10))
    reconciler = made(cluster, studies)
    await passes(reconciler, 3)
    status = cluster.held.status
    assert status is not None
    assert status.has_ended
    undecided = replace(status.conditions[-1], type="MinimumSuccess", status="Unknown", reason="CannotTell")
    others = tuple(entry for entry in status.conditions if entry.type != "MinimumSuccess")
    cluster.held = replace(cluster.held, status=replace(status, conditions=(*others, undecided)))
    await passes(reconciler, 1)
    tier = cluster.held.status.condition("MinimumSuccess") if cluster.held.status else None
    assert tier is not None
    assert (tier.status, tier.reason) == ("True", "AllCriteriaMet")


async def test_a_pod_that_starts_is_looked_at_again_because_nothing_else_reports_a_slow_pull() -> None:
    cluster, studies = MemoryCluster(world.sweep()), MemoryStudies()
    reconciler = made(cluster, studies)
    await passes(reconciler, 3)
    cluster.pods = (world.pod(0, "Pending", starting_since=world.NOON),)
    assert await passes(reconciler, 1) == [SETTINGS.start_check_seconds]
    cluster.pods = (world.pod(0),)
    assert await passes(reconciler, 1) == [SETTINGS.resync_seconds]
