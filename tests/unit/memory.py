"""A cluster and a database in memory, and a Reconciler between them: what tests of whole passes start from."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from hposweep.api.names import INPUT_ANNOTATION, PHASE_LABEL, SEARCH_PHASE
from hposweep.api.record import RecordEntry
from hposweep.api.status import Status
from hposweep.api.sweep import Sweep
from hposweep.api.wire import from_wire, to_wire
from hposweep.cluster.protocol import RefusedError
from hposweep.database.certificates import Certificates
from hposweep.database.dsn import Dsn
from hposweep.database.errors import StorageError
from hposweep.database.lane import Lane
from hposweep.model.enqueueing import EnqueueBaseline, EnqueueStart, EnqueueTrials
from hposweep.model.event import Event
from hposweep.model.history import WAITING, History, Trial
from hposweep.model.plan import (
    ClusterAction,
    CreateJob,
    DeletePod,
    FailTrials,
    ResizeJob,
    SetControl,
    SetIdentity,
    SetImages,
    SetSource,
)
from hposweep.model.source_files import SourceFiles
from hposweep.model.storage import Limit, Probe
from hposweep.model.trials import Counts, Study
from hposweep.model.workers import Job, Pod, Workers, by_phase
from hposweep.observe.progress import Progress
from hposweep.reconcile import Reconciler
from hposweep.settings import Settings
from hposweep.telemetry.sweeps import SweepMetrics
from hposweep.wakeups import Key
from tests.unit import world

SETTINGS = Settings()


@dataclass
class MemoryCluster:
    """Keeps one sweep and its Jobs; pods never start."""

    held: Sweep
    secret: str | None = "postgresql://u:p@h/d"
    config_map: str | None = None
    jobs: tuple[Job, ...] = ()
    pods: tuple[Pod, ...] = ()
    refusal: str = ""
    source: str = "def objective(trial): return 0.0"
    code_version: str = "1"
    object_error: OSError | None = None
    object_versions: dict[tuple[str, str], str] = field(default_factory=dict)
    is_final: bool = True
    id: str = ""
    other_sweeps: dict[tuple[str, str], str] = field(default_factory=dict)  # uid by namespace and name
    log: list[str] = field(default_factory=list)
    refuses_status: Callable[[Status], str] = lambda status: ""  # why, or ""

    async def sweep(self, namespace: str, name: str) -> Sweep | None:
        return self.held

    async def cluster_id(self) -> str:
        return self.id

    async def sweep_uid(self, namespace: str, name: str) -> str | None:
        return self.other_sweeps.get((namespace, name), "")

    async def children(self, sweep: Sweep) -> Mapping[str, Workers]:
        return by_phase(self.jobs, self.pods)

    async def secret_value(self, namespace: str, name: str, key: str) -> str | None:
        return self.secret

    async def config_map_value(self, namespace: str, name: str, key: str) -> str | None:
        return self.config_map

    def server_ahead_seconds(self) -> float | None:
        return None

    async def source_files(self, namespace: str, config_map: str) -> SourceFiles | None:
        return SourceFiles.of({"train.py": self.source}, self.code_version)

    async def object_version(self, namespace: str, kind: str, name: str) -> str:
        if self.object_error is not None:
            raise self.object_error
        return self.object_versions.get((kind, name), "")

    async def try_create(self, manifest: Mapping[str, Any]) -> None:
        if self.refusal:
            raise RefusedError(self.refusal, is_final=self.is_final)

    async def execute(self, namespace: str, action: ClusterAction) -> None:
        match action:
            case CreateJob(manifest):
                name, spec = manifest["metadata"]["name"], manifest["spec"]
                self.log.append(f"create {name}")
                metadata = manifest["metadata"]
                labels, annotations = metadata.get("labels", {}), metadata.get("annotations", {})
                job = world.job(
                    name,
                    parallelism=spec["parallelism"],
                    is_suspended=spec["suspend"],
                    phase=labels.get(PHASE_LABEL, SEARCH_PHASE),
                    input=annotations.get(INPUT_ANNOTATION, ""),
                )
                self.jobs = (*(other for other in self.jobs if other.name != name), job)
            case ResizeJob(job_name, size, is_suspended):
                self.log.append(f"resize {job_name}")
                self.jobs = tuple(
                    replace(other, parallelism=size, is_suspended=is_suspended) if other.name == job_name else other
                    for other in self.jobs
                )
            case DeletePod(pod):
                self.log.append(f"delete {pod}")
                self.pods = tuple(other for other in self.pods if other.name != pod)
            case _:
                self.log.append(type(action).__name__)

    async def write_status(self, sweep: Sweep, status: Status) -> None:
        if refusal := self.refuses_status(status):
            self.log.append("status refused")
            raise RefusedError(refusal)
        self.log.append(f"status {status.state}")
        self.held = replace(self.held, status=from_wire(Status, to_wire(status)))

    async def post_event(self, sweep: Sweep, event: Event) -> None:
        self.log.append(f"event {event.reason}")


@dataclass(eq=False)
class MemoryStudies:
    """One database with at most one study."""

    study: Study | None = None
    free: tuple[Limit, ...] = ()
    measured: Probe = field(default_factory=lambda: Probe("", "", "v3.2.0.a", 0.001, 0.0))
    error: StorageError | None = None
    trials: History = field(default_factory=lambda: History(()))
    looked: list[int] = field(default_factory=list)
    forgotten: list[int] = field(default_factory=list)
    records: dict[tuple[str, int], RecordEntry] = field(default_factory=dict)  # by sweep and number
    record_writes: int = 0
    record_error: StorageError | None = None

    dsn: Dsn = field(default_factory=lambda: Dsn("postgresql://u:p@h/d"))
    lane: Lane = field(default_factory=Lane)

    database_id = "0123456789ab"

    def read(self, name: str, maximized: Sequence[bool]) -> Study | None:
        if self.error:
            raise self.error
        return self.study

    def history(self, study_id: int, counts: Counts) -> History:
        if self.error:
            raise self.error
        self.looked.append(study_id)
        return self.trials

    def record(self, study_id: int, sweep_uid: str, sweep: str, entries: Sequence[RecordEntry]) -> None:
        self.record_writes += 1
        if self.record_error:
            raise self.record_error
        for entry in entries:
            self.records.setdefault((sweep_uid, entry.number), entry)

    def forget(self, study_id: int) -> None:
        self.forgotten.append(study_id)

    def probe(self) -> Probe:
        if self.error:
            raise self.error
        return self.measured

    def limits(self) -> tuple[Limit, ...]:
        return self.free

    def create(self, name: str, directions: Any, metric_names: Any, owner: str, identity: Any, earlier: str) -> None:
        if self.error:
            raise self.error
        study = self.study or Study(7, name)
        if study.owner in (None, earlier or None):
            self.study = replace(study, owner=owner, sweep=identity)

    def set_identity(self, action: SetIdentity) -> None:
        assert self.study is not None
        self.study = replace(self.study, sweep=action.identity)

    def definitions(self, study_id: int) -> dict[str, str]:
        return {}

    def set_control(self, wanted: SetControl) -> None:
        assert self.study is not None
        breaker = None if wanted.closes_breaker else self.study.breaker
        self.study = replace(self.study, control=dict(wanted.value), breaker=breaker)

    def set_images(self, wanted: SetImages) -> None:
        assert self.study is not None
        self.study = replace(self.study, images=dict(wanted.by_pod))

    def set_source(self, action: SetSource) -> None:
        assert self.study is not None
        self.study = replace(self.study, source=action.source)

    def reap(self, wanted: FailTrials) -> int:
        assert self.study is not None
        lost = {trial.trial_id for trial in wanted.trials}
        running = tuple(trial for trial in self.study.running if trial.trial_id not in lost)
        self.study = replace(self.study, running=running)
        return len(lost)

    def enqueue(self, wanted: EnqueueTrials | EnqueueStart | EnqueueBaseline) -> int:
        """As if the budget had room for one pair only."""
        if isinstance(wanted, EnqueueBaseline):
            kept = tuple(t for t in self.trials.trials if t.state != WAITING)
            trials = (wanted.trial, *wanted.corners)
            new_trials = (
                Trial(len(kept) + place, WAITING, params=trial.params, attributes=trial.attributes)
                for place, trial in enumerate(trials)
            )
            self.trials = History((*kept, *new_trials))
            return len(trials)
        if isinstance(wanted, EnqueueStart):
            assert self.study is not None
            records = self.study.warm_start if wanted.records is None else wanted.records
            self.study = replace(self.study, warm_start=records)
            first = len(self.trials.trials)
            new = (Trial(first + n, WAITING, attributes=trial.attributes) for n, trial in enumerate(wanted.trials))
            self.trials = History((*self.trials.trials, *new))
            return len(wanted.trials)
        return min(2, len(wanted.trials))

    def disown(self, study_id: int, owner: str) -> None:
        if self.study is not None and (self.study.id, self.study.owner) == (study_id, owner):
            self.study = replace(self.study, owner=None)

    def delete(self, name: str) -> None:
        if self.study is not None and self.study.name == name:
            self.study = None


class MemoryDatabases:
    def __init__(self, studies: MemoryStudies) -> None:
        self.studies, self.errors, self.certificates = studies, [], Certificates()
        self.users: set[Key] = set()

    def open(self, dsn: object, user: Key, field: str = "") -> MemoryStudies:
        self.users.add(user)
        return self.studies

    def release(self, user: Key) -> None:
        self.users.discard(user)

    def count_error(self, reason: str) -> None:
        self.errors.append(reason)


def made(cluster: MemoryCluster, studies: MemoryStudies, **fields: Any) -> Reconciler:
    return Reconciler(
        cluster=cluster,
        databases=MemoryDatabases(studies),  # type: ignore[arg-type]  # the part of it that a pass uses
        progress=Progress(lambda _: None, lambda _: None),
        metrics=SweepMetrics(),
        settings=SETTINGS,
        **{"clock": lambda: world.NOON, **fields},
    )


async def passes(reconciler: Reconciler, count: int) -> list[float | None]:
    return [await reconciler.reconcile("default", "digits") for _ in range(count)]
