"""The pass as a whole, with a cluster and a database in memory: what is written, in which order, and when nothing is.

The real ones stand beside it in tests/integration and tests/e2e.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import timedelta
from typing import Any

import pytest

from hposweep.api.status import Status
from hposweep.api.sweep import Sweep
from hposweep.api.wire import from_wire, to_wire
from hposweep.cluster.protocol import RefusedError
from hposweep.database.connection import StorageError
from hposweep.model.event import Event
from hposweep.model.plan import Control, Images, Reap, Resize
from hposweep.model.trials import RunningTrial, Study
from hposweep.model.workers import Job, Pod, Workers
from hposweep.observe.progress import Progress
from hposweep.plan.control import control
from hposweep.reconcile import Reconciler
from hposweep.settings import Settings
from hposweep.telemetry.sweeps import SweepMetrics
from tests import builders
from tests.unit import world

SETTINGS = Settings()


@dataclass
class MemoryCluster:
    """Keeps one sweep and its Jobs; pods never start."""

    held: Sweep
    secret: str | None = "postgresql://u:p@h/d"
    jobs: tuple[Job, ...] = ()
    pods: tuple[Pod, ...] = ()
    refusal: str = ""
    is_final: bool = True
    log: list[str] = field(default_factory=list)

    async def sweep(self, namespace: str, name: str) -> Sweep | None:
        return self.held

    async def workers(self, sweep: Sweep) -> Workers:
        return Workers(self.jobs, self.pods)

    async def secret_value(self, namespace: str, name: str, key: str) -> str | None:
        return self.secret

    async def source_files(self, namespace: str, config_map: str) -> tuple[str, ...] | None:
        return ("train.py",)

    async def try_create(self, manifest: Mapping[str, Any]) -> None:
        if self.refusal:
            raise RefusedError(self.refusal, is_final=self.is_final)

    async def apply(self, manifest: Mapping[str, Any]) -> None:
        self.log.append(f"apply {manifest['metadata']['name']}")
        spec = manifest["spec"]
        self.jobs = (
            world.job(manifest["metadata"]["name"], parallelism=spec["parallelism"], is_suspended=spec["suspend"]),
        )

    async def resize(self, namespace: str, wanted: Resize) -> None:
        self.log.append(f"resize {wanted.job}")
        self.jobs = (world.job(wanted.job, parallelism=wanted.size, is_suspended=wanted.is_suspended),)

    async def delete_pod(self, namespace: str, name: str) -> None:
        self.log.append(f"delete {name}")
        self.pods = tuple(pod for pod in self.pods if pod.name != name)

    async def write_status(self, sweep: Sweep, status: Status) -> None:
        self.log.append(f"status {status.state}")
        self.held = replace(self.held, status=from_wire(Status, to_wire(status)))

    async def post_event(self, sweep: Sweep, event: Event) -> None:
        self.log.append(f"event {event.reason}")


@dataclass(eq=False)
class MemoryStudies:
    """One database with at most one study."""

    study: Study | None = None
    error: StorageError | None = None

    def read(self, name: str, maximized: Sequence[bool]) -> Study | None:
        if self.error:
            raise self.error
        return self.study

    def create(self, name: str, directions: Any, metric_names: Any, owner: str) -> None:
        if self.error:
            raise self.error
        self.study = Study(7, name, owner=owner)

    def set_control(self, wanted: Control) -> None:
        assert self.study is not None
        breaker = None if wanted.closes_breaker else self.study.breaker
        self.study = replace(self.study, control=dict(wanted.value), breaker=breaker)

    def set_images(self, wanted: Images) -> None:
        assert self.study is not None
        self.study = replace(self.study, images=dict(wanted.by_pod))

    def reap(self, wanted: Reap) -> int:
        assert self.study is not None
        gone = {trial.trial_id for trial in wanted.trials}
        self.study = replace(
            self.study, running=tuple(trial for trial in self.study.running if trial.trial_id not in gone)
        )
        return len(gone)


class MemoryDatabases:
    def __init__(self, studies: MemoryStudies) -> None:
        self.studies, self.errors = studies, []

    def open(self, dsn: object) -> MemoryStudies:
        return self.studies

    def count_error(self, reason: str) -> None:
        self.errors.append(reason)


def made(cluster: MemoryCluster, studies: MemoryStudies) -> Reconciler:
    return Reconciler(
        cluster=cluster,
        databases=MemoryDatabases(studies),  # type: ignore[arg-type]  # the part of it that a pass uses
        progress=Progress(lambda _: None, lambda _: None),
        metrics=SweepMetrics(),
        settings=SETTINGS,
        clock=lambda: world.NOON,
    )


async def passes(reconciler: Reconciler, count: int) -> list[float | None]:
    return [await reconciler.reconcile("default", "digits") for _ in range(count)]


async def test_a_sweep_gets_its_study_then_its_job_and_then_nothing_is_written() -> None:
    cluster, studies = MemoryCluster(world.sweep()), MemoryStudies()
    delays = await passes(made(cluster, studies), 3)
    assert [line for line in cluster.log if line.startswith(("apply", "status"))] == [
        "apply digits-search",
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


async def test_a_lost_pod_is_waited_for_then_deleted_after_its_trial_was_given_up() -> None:
    cluster, studies = MemoryCluster(world.sweep()), MemoryStudies()
    reconciler = made(cluster, studies)
    await passes(reconciler, 3)
    assert studies.study is not None
    studies.study = replace(studies.study, running=(RunningTrial(1, 0, "pod-uid-0"),))
    cluster.pods = (world.pod(0, lost_since=world.NOON - timedelta(seconds=290)),)
    assert await passes(reconciler, 1) == [pytest.approx(10)]
    assert studies.study.running
    cluster.pods = (world.pod(0, lost_since=world.NOON - timedelta(seconds=301)),)
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
