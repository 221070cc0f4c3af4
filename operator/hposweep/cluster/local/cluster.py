"""The Cluster protocol on this machine: Jobs and pods in memory, workers as processes, the status in a file.

All code runs in the event loop's own thread, because a worker ends with the thread that started it. Built by
`cli.run`.
"""

from __future__ import annotations

import asyncio
import secrets
import string
import time
import uuid
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any, Protocol, assert_never

from hposweep.api.decisions import Answer
from hposweep.api.names import API_VERSION, KIND, SEARCH_PHASE
from hposweep.api.status import Status
from hposweep.api.sweep import Sweep
from hposweep.api.wire import to_wire
from hposweep.cluster.local import gpus
from hposweep.cluster.local.documents import Documents
from hposweep.cluster.local.environment import Place, Provided, environment, trial_container
from hposweep.cluster.local.folder import STATUS, Folder
from hposweep.cluster.local.job import JobRecord
from hposweep.cluster.local.pod import PodProcess
from hposweep.cluster.local.template import refuse_other_shapes
from hposweep.cluster.local.wording import local_wording, with_wording
from hposweep.model.event import Event
from hposweep.model.plan import (
    ClusterAction,
    CreateConfigMap,
    CreateJob,
    DeletePod,
    ReleasePods,
    ResetBackoff,
    ResizeJob,
)
from hposweep.model.source_files import SourceFiles
from hposweep.model.workers import Workers, by_phase

POLL_SECONDS = 0.1  # the end of a worker is noticed at most this late
# A full disk or process table may pass; a deleted folder does not.
MAX_FAILURES, PAUSE_SECONDS = 20, 0.5
GRACE_SECONDS = 30.0
# Of each index, so that a worker that crashes for days does not fill the memory. A cluster keeps the pods of a Job too.
KEPT_FAILED_PODS = 5


class Audience(Protocol):
    """The screen of the run."""

    def show(self, status: Status) -> None: ...

    def tell(self, event: Event) -> None: ...


@dataclass
class LocalCluster:
    """One sweep on one machine."""

    held: Sweep
    documents: Documents
    folder: Folder
    storage_url: str
    node: str
    audience: Audience
    wake: Callable[[], None]
    storage_place: str = "the run"  # where the study is, for messages
    variables: Mapping[str, str] = field(default_factory=dict)  # the user's own
    env_file: Mapping[str, str] = field(default_factory=dict)  # the variables of `--env-file`
    gpus: tuple[str, ...] = ()  # of this machine
    jobs: dict[str, JobRecord] = field(default_factory=dict)
    pods: list[PodProcess] = field(default_factory=list)

    async def sweep(self, namespace: str, name: str) -> Sweep | None:
        return self.held if (namespace, name) == (self.held.namespace, self.held.name) else None

    async def cluster_id(self) -> str:
        return self.folder.cluster_id(self.node)

    async def sweep_uid(self, namespace: str, name: str) -> str | None:
        return self.held.uid if (namespace, name) == (self.held.namespace, self.held.name) else ""

    async def children(self, sweep: Sweep) -> Mapping[str, Workers]:
        return by_phase((job.state() for job in self.jobs.values()), (pod.state() for pod in self.pods))

    async def secret_value(self, namespace: str, name: str, key: str) -> str | None:
        return (self._texts("Secret", name) or {}).get(key)

    async def config_map_value(self, namespace: str, name: str, key: str) -> str | None:
        return self.documents.value("ConfigMap", name, key)

    def server_ahead_seconds(self) -> float | None:
        return None  # there is no other clock

    async def source_files(self, namespace: str, config_map: str) -> SourceFiles | None:
        if config_map in self.documents.config_maps:
            return SourceFiles.of(self.documents.config_maps[config_map])
        return SourceFiles(tuple(sorted(entry.name for entry in self.documents.folder.iterdir())))

    async def object_version(self, namespace: str, kind: str, name: str) -> str:
        return ""  # a run reads its file once

    async def try_create(self, manifest: Mapping[str, Any]) -> None:
        refuse_other_shapes(manifest["spec"]["template"])
        environment(manifest, 0, self._place("dry-run", 0), self._provided)

    async def execute(self, namespace: str, action: ClusterAction) -> None:
        match action:
            case CreateJob():
                name = action.manifest["metadata"]["name"]
                self.jobs.setdefault(name, JobRecord(action.manifest, str(uuid.uuid4())))
                self.sync()
            case ResizeJob() if action.job in self.jobs:
                self.jobs[action.job].resize(action.size, is_suspended=action.is_suspended)
                self.sync()
            case DeletePod():
                for pod in self.pods:
                    if pod.name == action.pod:
                        pod.kill()
            case ReleasePods():
                self._release(action.pods)
            case ResizeJob() | ResetBackoff() | CreateConfigMap():
                pass  # the Job is gone; no pod of this machine is disrupted; a run writes its report itself
            case _:
                assert_never(action)

    async def write_status(self, sweep: Sweep, status: Status) -> None:
        self.held = replace(self.held, status=status)
        shown = self.localized_status(status)
        metadata = {"name": sweep.name, "namespace": sweep.namespace, "uid": sweep.uid, "generation": sweep.generation}
        body = {"apiVersion": API_VERSION, "kind": KIND, "metadata": metadata, "status": to_wire(shown)}
        self.folder.store(STATUS, body)
        self.audience.show(shown)

    async def post_event(self, sweep: Sweep, event: Event) -> None:
        self.audience.tell(replace(event, message=self.localized(event.message)))

    def localized(self, message: str) -> str:
        """Word a message for a run without a cluster."""
        return local_wording(message, self.held.spec.study.storage.secret_ref, self.storage_place)

    def localized_status(self, status: Status) -> Status:
        """Word all messages of a status for a run without a cluster. The held one keeps the operator's."""
        return with_wording(status, self.localized)

    def change(self, **fields: Any) -> None:
        """Change the spec as `kubectl patch` would: `stop`, `suspend`, `approval`, `answers`."""
        spec = replace(self.held.spec, **fields)
        if spec != self.held.spec:
            self.held = replace(self.held, spec=spec, generation=self.held.generation + 1)
            self.wake()

    def answer(self, answer: Answer) -> None:
        """Answer a decision point that asks, or the question of a criterion."""
        self.change(answers=(*self.held.spec.answers, answer))

    def approve(self, by: str, reason: str) -> None:
        """Approve what the status asks about."""
        record = self.held.status.approval if self.held.status is not None else None
        digest = record.digest if record is not None else ""
        grant = replace(self.held.spec.approval, granted=True, digest=digest, by=by, reason=reason)
        self.change(approval=grant)

    @property
    def has_started_search(self) -> bool:
        return any(job.phase == SEARCH_PHASE for job in self.jobs.values())

    @property
    def live_pods(self) -> list[PodProcess]:
        return [pod for pod in self.pods if not pod.is_gone]

    async def run(self) -> None:
        """Play the controllers forever. Raises OSError when this machine repeatedly cannot start a process."""
        failures = 0
        while True:
            try:
                self.sync()
                failures = 0
            except OSError:
                failures += 1
                if failures >= MAX_FAILURES:
                    raise
            await asyncio.sleep(PAUSE_SECONDS if failures else POLL_SECONDS)

    def sync(self) -> None:
        """Notice pods that ended, end those that should not run, start those that are missing."""
        now = time.monotonic()
        ended_pods = [pod for pod in self.live_pods if pod.poll(now)]
        for pod in ended_pods:
            self._record_end(pod, now)
        for job in self.jobs.values():
            job.conclude()
            live = [pod for pod in self.live_pods if pod.job == job.name]
            for pod in live:
                if pod.index not in job.active_indexes():
                    pod.terminate(_grace_seconds(job))
            for index in job.to_start((pod.index for pod in live), now):
                self.pods.append(self._start(job, index))
        if ended_pods:
            self.wake()

    async def close(self, grace_seconds: float) -> None:
        """End all workers, and wait for them."""
        for pod in self.live_pods:
            pod.terminate(grace_seconds)
        while self.live_pods:
            for pod in self.live_pods:
                pod.poll(time.monotonic())
            await asyncio.sleep(POLL_SECONDS / 2)

    def _record_end(self, pod: PodProcess, now: float) -> None:
        if pod.is_terminating:
            self._delete(pod)  # because a deleted pod disappears
            return
        code = pod.exit_code if pod.exit_code is not None else 0
        self.jobs[pod.job].note_end(pod.index, code, pod=pod.name, now=now)
        earlier = [other for other in self.pods if other.is_gone and (other.job, other.index) == (pod.job, pod.index)]
        for old in [other for other in earlier if not other.is_deleted][:-KEPT_FAILED_PODS]:
            self._delete(old)

    def _delete(self, pod: PodProcess) -> None:
        """Delete a pod, once the ledger of GPU time does not need it, as a finalizer does in a cluster."""
        pod.is_deleted = True
        if not pod.is_held:
            self.pods.remove(pod)

    def _release(self, names: tuple[str, ...]) -> None:
        for pod in [pod for pod in self.pods if pod.name in names]:
            pod.is_held = False
            if pod.is_deleted:
                self._delete(pod)

    def _start(self, job: JobRecord, index: int) -> PodProcess:
        suffix = "".join(secrets.choice(string.ascii_lowercase + string.digits) for _ in range(5))
        limit = gpus.per_worker(trial_container(job.manifest))
        place = self._place(f"{job.name}-{index}-{suffix}", index, limit)
        return PodProcess(
            name=place.pod,
            uid=place.uid,
            job=job.name,
            index=index,
            environment=environment(job.manifest, index, place, self._provided),
            node=self.node,
            folder=self.documents.folder,
            log=self.folder.logs / f"{place.pod}.log",
            message=self.folder.logs / f".{place.pod}.message",
            kept_open=(self.folder.lock,),
            gpus=place.held_gpus,
            is_held=place.held_gpus > 0,
        )

    def _place(self, pod: str, index: int, gpu_limit: int | None = None) -> Place:
        return Place(
            pod=pod,
            uid=str(uuid.uuid4()),
            namespace=self.held.namespace,
            node=self.node,
            source=self._source(),
            checkpoints=str(self.folder.path / "checkpoints"),
            message=str(self.folder.logs / f".{pod}.message"),
            gpus=gpus.share(self.gpus, index, self.held.spec.workers.replicas, gpu_limit),
            held_gpus=gpus.held_by_each(self.gpus, self.held.spec.workers.replicas, gpu_limit),
        )

    def _source(self) -> str:
        """Return a folder with a ConfigMap of the same file; else the folder of the file itself."""
        source = self.held.spec.objective.source_ref
        files = self.documents.config_maps.get(source.config_map.name) if source else None
        if files is None:
            return str(self.documents.folder)
        place = self.folder.path / "source"
        place.mkdir(exist_ok=True)
        for name, text in files.items():
            (place / name).write_text(text)
        return str(place)

    @property
    def _provided(self) -> Provided:
        return Provided(self._texts, {**self.variables, **self.env_file}, self.env_file)

    def _texts(self, kind: str, name: str) -> Mapping[str, str] | None:
        """Return the texts of a Secret or a ConfigMap of the file. The study's Secret has the run's own database."""
        texts, secret = self.documents.texts(kind, name), self.held.spec.study.storage.secret_ref
        if (kind, name) == ("Secret", secret.name):
            return {**(texts or {}), secret.key: self.storage_url}
        return texts


def _grace_seconds(job: JobRecord) -> float:
    return float(job.spec["template"]["spec"].get("terminationGracePeriodSeconds", GRACE_SECONDS))
