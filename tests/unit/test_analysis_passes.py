"""The analysis of a sweep, pass by pass: from the end of the search to `Analyzed`."""

from __future__ import annotations

import asyncio
import json
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from hposweep.analysis_pass import AnalysisPass
from hposweep.api import conditions as c
from hposweep.api.analysis import REQUEST_ENV
from hposweep.api.conditions import Condition
from hposweep.api.names import ANALYSIS_PHASE
from hposweep.api.status import ResultsStatus, Status
from hposweep.cluster.protocol import RefusedError
from hposweep.database.errors import StorageError
from hposweep.judge.analysis import GIVE_UP_SECONDS
from hposweep.model.analysis import AnalysisFile, AnalysisRow
from hposweep.model.plan import ClusterAction, CreateConfigMap, CreateJob
from hposweep.plan.analysis import CHECK_SECONDS, MAX_REQUEST_BYTES
from hposweep.reconcile import Reconciler
from hposweep.report.analysis import is_unfinished
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


def test_a_search_that_runs_has_an_analysis_that_is_pending() -> None:
    scene = Scene()
    scene.studies.study = world.study(scene.cluster.held, complete=3)
    scene.cluster.jobs = (world.job(),)
    scene.passes()
    assert scene.words == (c.UNKNOWN, c.PENDING)
    assert scene.created() == []


def test_the_end_comes_first_then_the_job_then_the_results() -> None:
    scene = Scene()
    (first,) = scene.passes()
    assert scene.status.has_ended
    assert scene.words == (c.UNKNOWN, c.PENDING)
    assert first is not None
    assert first <= CHECK_SECONDS
    scene.passes()
    assert scene.words == (c.UNKNOWN, c.RUNNING)
    assert len(scene.created()) == 1
    assert scene.studies.row_reads == 0
    scene.studies.row = ROW
    scene.end_job(is_complete=True)
    (last,) = scene.passes()
    assert scene.words == (c.TRUE, c.DONE)
    assert scene.analyzed.message == (
        "ConfigMap `digits-analysis` has 1 file (report.md), and table `hposweep.analyses` of the sweep's database has "
        "a row with all 2; too large for the ConfigMap: trials.csv; a note"
    )
    assert scene.cluster.manifests[-1]["data"] == {"report.md": "# won"}
    assert scene.status.results == ResultsStatus("digits-analysis", "hposweep.analyses", report="report.md")
    assert last == memory.SETTINGS.resync_seconds
    assert not is_unfinished(scene.status)


def test_a_sweep_that_is_analyzed_is_left_alone() -> None:
    scene = Scene()
    scene.studies.row = ROW
    scene.passes(2)
    scene.end_job(is_complete=True)
    scene.passes()
    log, reads = list(scene.cluster.log), scene.studies.row_reads
    scene.cluster.jobs = ()  # as after the time to live of the Job
    scene.later(100_000)
    scene.passes(3)
    assert scene.cluster.log == log
    assert scene.studies.row_reads == reads


def test_another_operator_process_continues_where_the_first_one_died() -> None:
    scene = Scene()
    scene.passes()
    before = scene.cluster.held
    scene.passes()
    scene.cluster.held = before  # the Job was created, and the status was not written
    scene.passes()
    assert scene.words == (c.UNKNOWN, c.RUNNING)
    assert len(scene.created()) == 1


def test_results_are_read_when_the_job_is_gone_already() -> None:
    scene = Scene()
    scene.passes(2)
    scene.studies.row = ROW
    scene.cluster.jobs = tuple(job for job in scene.cluster.jobs if job.phase != ANALYSIS_PHASE)
    scene.passes()
    assert scene.words == (c.TRUE, c.DONE)
    assert len(scene.created()) == 1


def test_a_job_that_was_deleted_in_mid_analysis_is_created_again() -> None:
    scene = Scene()
    scene.passes(2)
    scene.cluster.jobs = tuple(job for job in scene.cluster.jobs if job.phase != ANALYSIS_PHASE)
    scene.passes()
    assert scene.words == (c.UNKNOWN, c.RUNNING)
    assert len(scene.created()) == 2


@pytest.mark.parametrize(
    ("scene", "reason", "message"),
    [
        (Scene(analysis={"disabled": True}), c.SKIPPED, "`spec.analysis.disabled` is true"),
        (Scene(image=""), c.SKIPPED, "the operator has no image for analyses: `HPOSWEEP_ANALYSIS_IMAGE` is not set"),
        (Scene(complete=0), c.NOTHING_TO_ANALYZE, "no trial completed"),
    ],
    ids=["disabled", "without an image", "without a complete trial"],
)
def test_an_analysis_that_is_not_due_says_why_and_creates_nothing(scene: Scene, reason: str, message: str) -> None:
    scene.passes(3)
    assert scene.status.has_ended
    assert (*scene.words, scene.analyzed.message) == (c.FALSE, reason, message)
    assert scene.created() == []


def test_a_skipped_analysis_starts_once_the_spec_asks_for_it() -> None:
    scene = Scene(analysis={"disabled": True})
    scene.passes(2)
    held = scene.cluster.held
    spec = replace(held.spec, analysis=replace(held.spec.analysis, disabled=False))
    scene.cluster.held = replace(held, spec=spec, generation=2)
    scene.passes(2)
    assert scene.words == (c.UNKNOWN, c.RUNNING)


def test_an_operator_that_gets_an_image_leaves_the_sweeps_of_the_past_alone() -> None:
    scene = Scene(image="")
    scene.passes(2)
    databases = MemoryDatabases(scene.studies)
    analysis = AnalysisPass(scene.cluster, databases, IMAGE)  # type: ignore[arg-type]  # the part that a pass uses
    scene.reconciler = memory.made(scene.cluster, scene.studies, analysis=analysis)
    scene.passes(2)
    assert scene.words == (c.FALSE, c.SKIPPED)


def test_a_sweep_that_ended_under_an_earlier_release_has_no_such_condition() -> None:
    scene = Scene()
    scene.passes()
    conditions = tuple(entry for entry in scene.status.conditions if entry.type != c.ANALYZED)
    scene.cluster.held = replace(scene.cluster.held, status=replace(scene.status, conditions=conditions))
    scene.passes(2)
    assert scene.status.condition(c.ANALYZED) is None
    assert scene.created() == []


def test_a_failed_job_says_why_in_the_words_of_its_pod() -> None:
    scene = Scene()
    scene.passes(2)
    ended: dict[str, Any] = {"job": JOB, "job_phase": ANALYSIS_PHASE, "exit_code": 1}
    scene.cluster.pods = (
        world.pod(1, "Failed", ended_at=world.NOON, termination_message="connection refused", **ended),
        world.pod(2, "Failed", ended_at=world.NOON + timedelta(1), terminated_reason="Error", **ended),
    )
    scene.end_job(is_failed=True, reason="BackoffLimitExceeded", message="too often")
    scene.passes()
    assert scene.words == (c.FALSE, c.FAILED)
    assert scene.analyzed.message == "Job `digits-analysis` failed: connection refused"


def test_a_job_whose_pod_never_ran_says_what_hindered_it() -> None:
    scene = Scene()
    scene.passes(2)
    pod = world.pod(1, "Pending", job=JOB, job_phase=ANALYSIS_PHASE, reason="ImagePullBackOff", message="not found")
    scene.cluster.pods = (pod,)
    scene.passes()
    assert scene.words == (c.FALSE, c.IMAGE_PULL_FAILED)
    scene.cluster.pods = ()
    scene.end_job(is_failed=True, reason="DeadlineExceeded", message="active longer than the deadline")
    scene.passes()
    assert scene.words == (c.FALSE, c.FAILED)
    assert scene.analyzed.message.startswith("Job `digits-analysis` failed: active longer than the deadline; before: ")
    assert "not found" in scene.analyzed.message


def test_a_job_that_ends_without_a_row_is_a_failure() -> None:
    scene = Scene()
    scene.passes(2)
    scene.end_job(is_complete=True)
    scene.passes()
    assert scene.words == (c.FALSE, c.FAILED)
    assert "has no row of this sweep" in scene.analyzed.message


def test_results_in_a_database_that_is_away_are_awaited_for_a_while() -> None:
    scene = Scene()
    scene.passes(2)
    scene.end_job(is_complete=True)
    scene.studies.row_error = StorageError(c.CONNECTION_FAILED, "connection refused")
    scene.passes()
    assert (*scene.words, scene.analyzed.message) == (
        c.UNKNOWN,
        c.RUNNING,
        "the results cannot be read: connection refused",
    )
    writes = len(scene.cluster.log)
    scene.later(GIVE_UP_SECONDS - 1)
    scene.passes(2)
    assert len(scene.cluster.log) == writes
    scene.later(1)
    scene.passes()
    assert scene.words == (c.FALSE, c.FAILED)


@pytest.mark.parametrize(("is_final", "words"), [(True, (c.FALSE, c.FAILED)), (False, (c.UNKNOWN, c.RUNNING))])
def test_a_refused_job_fails_at_once_or_is_created_later(is_final: bool, words: tuple[str, str]) -> None:
    scene = Scene()
    scene.passes()
    scene.cluster.refused = RefusedError("quota exceeded", is_final=is_final)
    scene.passes()
    assert scene.words == words
    assert scene.analyzed.message == "the cluster does not accept the analysis Job: quota exceeded"
    accepted = scene.status.condition(c.ACCEPTED)
    assert accepted is not None
    assert accepted.is_true
    scene.cluster.refused = None
    scene.passes()
    assert len(scene.created()) == (0 if is_final else 1)


def test_a_refused_config_map_does_not_hide_where_the_results_are() -> None:
    scene = Scene()
    scene.passes(2)
    scene.studies.row = ROW
    scene.end_job(is_complete=True)
    scene.cluster.refused = RefusedError("it belongs to another owner")
    scene.passes()
    assert scene.words == (c.FALSE, c.FAILED)
    assert scene.analyzed.message.startswith("the results are in the sweep's database, and ")


def test_the_analysis_is_not_suspended_with_the_search_and_a_suspended_one_is_resumed() -> None:
    scene = Scene()
    scene.passes(2)
    held = scene.cluster.held
    scene.cluster.held = replace(held, spec=replace(held.spec, suspend=True), generation=2)
    scene.passes(2)
    assert not any(job.is_suspended for job in scene.cluster.jobs if job.phase == ANALYSIS_PHASE)
    scene.end_job(is_suspended=True)
    scene.passes()
    assert not any(job.is_suspended for job in scene.cluster.jobs if job.phase == ANALYSIS_PHASE)


def test_an_analysis_that_is_disabled_while_it_runs_is_suspended() -> None:
    scene = Scene()
    scene.passes(2)
    held = scene.cluster.held
    spec = replace(held.spec, analysis=replace(held.spec.analysis, disabled=True))
    scene.cluster.held = replace(held, spec=spec, generation=2)
    scene.passes(2)
    assert scene.words == (c.FALSE, c.SKIPPED)
    assert all(job.is_suspended for job in scene.cluster.jobs if job.phase == ANALYSIS_PHASE)


def test_a_deletion_ends_the_analysis() -> None:
    scene = Scene()
    scene.passes(2)
    scene.cluster.held = replace(scene.cluster.held, is_deleting=True)
    asyncio.run(scene.reconciler.release("default", "digits"))
    assert all(job.is_suspended for job in scene.cluster.jobs if job.phase == ANALYSIS_PHASE)


def test_the_job_has_no_gpu_no_token_no_url_and_an_end() -> None:
    scene = Scene()
    scene.passes(2)
    (manifest,) = scene.cluster.manifests
    spec, pod = manifest["spec"], manifest["spec"]["template"]["spec"]
    (container,) = pod["containers"]
    assert manifest["metadata"]["labels"]["hposweep.dev/phase"] == "analysis"
    assert manifest["metadata"]["ownerReferences"][0]["uid"] == world.UID
    assert spec["activeDeadlineSeconds"] <= 900
    assert pod["automountServiceAccountToken"] is False
    assert container["image"] == IMAGE
    assert set(container["resources"]["limits"]) == {"cpu", "memory"}
    assert "postgresql://" not in json.dumps(manifest)
    request = json.loads(next(entry["value"] for entry in container["env"] if entry["name"] == REQUEST_ENV))
    assert (request["study"], request["uid"], request["topK"]) == ("default.digits", world.UID, 5)
    assert request["document"]["spec"]["trials"]["max"] == 10
    assert request["status"]["state"] == "Complete"


def test_a_spec_that_is_too_large_for_an_environment_is_left_out() -> None:
    space = [{"name": f"p{number}", "categorical": {"choices": ["x" * 250] * 4}} for number in range(100)]
    scene = Scene(searchSpace=space)
    scene.passes(2)
    (manifest,) = scene.cluster.manifests
    (container,) = manifest["spec"]["template"]["spec"]["containers"]
    text = next(entry["value"] for entry in container["env"] if entry["name"] == REQUEST_ENV)
    assert len(text) < MAX_REQUEST_BYTES
    assert {"document", "status"}.isdisjoint(json.loads(text))
