"""The analysis of a sweep, pass by pass: from the end of the search to `Analyzed`."""

from __future__ import annotations

import asyncio
import json
from dataclasses import replace
from datetime import timedelta

import pytest

from hposweep.analysis_pass import AnalysisPass
from hposweep.api import conditions as c
from hposweep.api.analysis import REQUEST_ENV
from hposweep.api.names import ANALYSIS_PHASE
from hposweep.api.status import ResultsStatus
from hposweep.judge.analysis import GIVE_UP_SECONDS
from hposweep.model.trials import Breaker, Study
from hposweep.plan.analysis import CHECK_SECONDS, MAX_REQUEST_BYTES
from hposweep.report.analysis import is_unfinished
from tests.unit import champions_world, memory, world
from tests.unit.analysis_world import IMAGE, ROW, Scene
from tests.unit.memory import MemoryDatabases


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


async def test_champions_are_trained_before_the_analysis() -> None:
    here = champions_world.World(image=IMAGE)
    await here.end_search(0.1, 0.4, 0.3, 0.2)
    await here.reconcile(5)
    status = here.cluster.held.status
    assert status is not None
    assert not is_unfinished(status)
    assert here.created == [champions_world.SEARCH, champions_world.JOB]
    here.train(0.40, 0.39, 0.41, 0.45)
    here.end_job()
    here.now += timedelta(seconds=2 * GIVE_UP_SECONDS)
    await here.reconcile(2)
    assert here.reason == ("Unknown", "CannotTell")
    assert here.created[2:] == ["digits-analysis"]


async def test_an_analysis_after_champions_has_its_whole_time_against_hindrances() -> None:
    here = champions_world.World(image=IMAGE)
    await here.end_search(0.1, 0.4, 0.3, 0.2)
    await here.reconcile(5)
    here.train(0.40, 0.39, 0.41, 0.45)
    here.end_job()
    here.now += timedelta(seconds=2 * GIVE_UP_SECONDS)
    await here.reconcile(1)
    status = here.cluster.held.status
    assert status is not None
    analyzed = status.condition(c.ANALYZED)
    assert analyzed is not None
    assert (analyzed.reason, analyzed.last_transition_time) == (c.RUNNING, here.now)


@pytest.mark.parametrize("is_broken", [True, False], ids=["breaker", "waiting"])
async def test_champions_that_wait_for_a_person_do_not_hold_the_analysis(is_broken: bool) -> None:
    here = champions_world.World(image=IMAGE)
    name = "default.digits.champions"
    if not is_broken:
        here.studies.second.study = Study(champions_world.SECOND_ID, name, owner="another")
    await here.end_search(0.1, 0.4, 0.3, 0.2)
    await here.reconcile(5)
    if is_broken:
        assert here.studies.second.study is not None
        breaker = Breaker("ImportError", "no `torch`", 3)
        here.studies.second.study = replace(here.studies.second.study, breaker=breaker)
        await here.reconcile(2)
    assert here.created[-1] == "digits-analysis"
