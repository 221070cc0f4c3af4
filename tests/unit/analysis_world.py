"""A sweep whose budget is spent, with a cluster and a database in memory: what the tests of its analysis start from."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from datetime import timedelta
from typing import Any

from hposweep.analysis_pass import AnalysisPass
from hposweep.api import conditions as c
from hposweep.api.conditions import Condition
from hposweep.api.names import ANALYSIS_PHASE
from hposweep.api.status import Status
from hposweep.cluster.protocol import RefusedError
from hposweep.database.errors import StorageError
from hposweep.model.analysis import AnalysisFile, AnalysisRow
from hposweep.model.plan import ClusterAction, CreateConfigMap, CreateJob
from hposweep.reconcile import Reconciler
from tests.unit import memory, world
from tests.unit.memory import MemoryCluster, MemoryDatabases, MemoryStudies

IMAGE = "registry.example/hposweep-operator:1"
ROW = AnalysisRow((AnalysisFile("report.md", 5, "# won"), AnalysisFile("trials.csv", 999, None)), "a note")
JOB = "digits-analysis"


class Cluster(MemoryCluster):
    """Keeps the manifests that it takes, and refuses what a test says."""

    def __init__(self, *arguments: Any, **fields: Any) -> None:
        super().__init__(*arguments, **fields)
        self.manifests: list[dict[str, Any]] = []
        self.refused: RefusedError | None = None

    async def execute(self, namespace: str, action: ClusterAction) -> None:
        if isinstance(action, CreateJob | CreateConfigMap):
            if self.refused is not None:
                raise self.refused
            self.manifests.append(dict(action.manifest))
        await super().execute(namespace, action)


class Analyses(MemoryStudies):
    """A database with the row of one analysis, once its Job has written it."""

    row: AnalysisRow | None = None
    row_error: StorageError | None = None
    row_reads = 0

    def analysis(self, study_id: int, sweep_uid: str) -> AnalysisRow | None:
        self.row_reads += 1
        if self.row_error is not None:
            raise self.row_error
        return self.row


class Scene:
    """A sweep whose budget is spent, its cluster and its database."""

    def __init__(self, image: str = IMAGE, complete: int = 10, **spec: Any) -> None:
        sweep = world.sweep(trials={"max": 10}, **spec)
        self.now = world.NOON
        self.cluster = Cluster(sweep, jobs=(world.job(is_complete=True),))
        study = world.study(sweep, best=0.5, complete=complete, failed=10 - complete)
        self.studies = Analyses(study)
        databases = MemoryDatabases(self.studies)
        analysis = AnalysisPass(self.cluster, databases, image)  # type: ignore[arg-type]  # the part that a pass uses
        self.reconciler: Reconciler = memory.made(self.cluster, self.studies, analysis=analysis, clock=lambda: self.now)

    def passes(self, count: int = 1) -> list[float | None]:
        return asyncio.run(memory.passes(self.reconciler, count))

    def end_job(self, **fields: Any) -> None:
        self.cluster.jobs = tuple(
            replace(job, **fields) if job.phase == ANALYSIS_PHASE else job for job in self.cluster.jobs
        )

    def later(self, seconds: float) -> None:
        self.now = self.now + timedelta(seconds=seconds)

    @property
    def status(self) -> Status:
        status = self.cluster.held.status
        assert status is not None
        return status

    @property
    def analyzed(self) -> Condition:
        condition = self.status.condition(c.ANALYZED)
        assert condition is not None
        return condition

    @property
    def words(self) -> tuple[str, str]:
        return self.analyzed.status, self.analyzed.reason

    def created(self) -> list[str]:
        return [entry for entry in self.cluster.log if entry == f"create {JOB}"]
