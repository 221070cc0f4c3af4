"""An analysis that fails or is hindered: one condition says why, and nothing else of the sweep changes."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from hposweep.api import conditions as c
from hposweep.api.names import ANALYSIS_PHASE
from hposweep.cluster.protocol import RefusedError
from hposweep.database.errors import StorageError
from hposweep.judge.analysis import GIVE_UP_SECONDS
from tests.unit import world
from tests.unit.analysis_world import JOB, ROW, Scene


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


@pytest.mark.parametrize("is_skipped", [False, True])
def test_an_analysis_that_starts_late_is_awaited_for_as_long(is_skipped: bool) -> None:
    scene = Scene(analysis={"disabled": is_skipped})
    scene.passes()
    assert scene.analyzed.reason == (c.SKIPPED if is_skipped else c.PENDING)
    scene.later(10 * GIVE_UP_SECONDS)  # the operator did not run, or the analysis was off
    scene.cluster.held = replace(world.sweep(trials={"max": 10}), status=scene.status, generation=2)
    scene.cluster.refused = RefusedError("quota exceeded", is_final=False)
    scene.passes(3)
    assert scene.words == (c.UNKNOWN, c.RUNNING)
    scene.later(GIVE_UP_SECONDS - 1)
    scene.passes()
    assert scene.words == (c.UNKNOWN, c.RUNNING)
    scene.later(1)
    scene.passes()
    assert scene.words == (c.FALSE, c.FAILED)


def test_a_refused_config_map_does_not_hide_where_the_results_are() -> None:
    scene = Scene()
    scene.passes(2)
    scene.studies.row = ROW
    scene.end_job(is_complete=True)
    scene.cluster.refused = RefusedError("it belongs to another owner")
    scene.passes()
    assert scene.words == (c.FALSE, c.FAILED)
    assert scene.analyzed.message.startswith("the results are in the sweep's database, and ")
