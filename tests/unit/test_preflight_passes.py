"""Whole passes over a sweep with a preflight: no search before its checks passed, and no check twice."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from tests import builders
from tests.unit import world
from tests.unit.preflight_world import JOB, MISSING, OK, SEARCH, SLOW, World, sweep


async def test_without_a_preflight_the_search_starts_at_once() -> None:
    here = World(world.sweep())
    await here.reconcile()
    assert here.jobs == [SEARCH]
    assert (here.condition.status, here.condition.reason) == ("True", "Skipped")
    assert "event Skipped" not in here.cluster.log


async def test_the_search_waits_for_the_checks_and_starts_after_them() -> None:
    here = World()
    await here.reconcile()
    assert here.jobs == [JOB]
    assert (here.state, here.condition.status, here.condition.reason) == ("Checking", "Unknown", "Running")
    here.end(OK)
    await here.reconcile()
    assert here.created == [JOB, SEARCH]
    assert (here.condition.status, here.condition.reason) == ("True", "Passed")
    assert here.condition.message == "1 check passed"
    assert here.cluster.held.status is not None
    assert [row.name for row in here.cluster.held.status.preflight] == ["train:objective"]


async def test_a_person_is_asked_after_the_checks_and_both_gates_hold_the_search() -> None:
    here = World(sweep(approval={"required": True}))
    await here.reconcile()
    pending = "a person is asked once PreflightPassed is True"
    assert (here.state, here.approved) == ("Checking", ("Unknown", "Pending", pending))
    here.end(MISSING)
    await here.reconcile()
    assert (here.condition.status, here.approved) == ("False", ("Unknown", "Pending", pending))
    here.pass_seconds(61)
    await here.reconcile()
    here.end(OK, job=f"{JOB}-2", image="sha256:1")
    await here.reconcile()
    assert (here.state, here.approved[:2]) == ("AwaitingApproval", ("False", "Waiting"))
    assert here.created == [JOB, f"{JOB}-2"], "no search before a person has approved"
    assert "(`sha256:1`)" in here.approved[2], "the question names the image that was checked"
    grant = sweep(approval={"required": True, "granted": True, "by": "ada"})
    here.cluster.held = replace(here.cluster.held, spec=grant.spec, generation=2)
    await here.reconcile()
    assert here.created == [JOB, f"{JOB}-2", SEARCH]


async def test_a_grant_in_advance_does_not_replace_the_checks() -> None:
    here = World(sweep(approval={"required": True, "granted": True, "by": "ada"}))
    await here.reconcile()
    here.end(MISSING)
    await here.reconcile()
    assert (here.created, here.approved[1]) == ([JOB], "Pending")
    here.pass_seconds(61)
    await here.reconcile()
    here.end(OK, job=f"{JOB}-2")
    await here.reconcile()
    assert (here.created, here.approved[1]) == ([JOB, f"{JOB}-2", SEARCH], "Granted")


async def test_a_failed_check_keeps_the_search_from_starting_and_names_its_field() -> None:
    here = World()
    await here.reconcile()
    here.end(OK, MISSING)
    await here.reconcile(5)
    assert here.created == [JOB], "no second pod, and no search"
    assert (here.condition.status, here.condition.reason) == ("False", "Failed")
    assert (
        "of 2 checks, 1 failed: spec.preflight.paths[0]: `/data/digits` does not exist here" in here.condition.message
    )
    assert "kubectl annotate hposweep digits hposweep.dev/retry-preflight=1 --overwrite" in here.condition.message
    assert here.cluster.held.status is not None
    assert here.cluster.held.status.message == here.condition.message
    assert here.cluster.log.count("event Failed") == 1


async def test_it_is_checked_again_by_itself_ever_more_rarely() -> None:
    here = World()
    await here.reconcile()
    here.end(MISSING)
    await here.reconcile()
    waits = []
    for attempt in range(2, 9):
        name, waited = f"{JOB}-{attempt}", 0
        while name not in here.jobs:
            here.pass_seconds(30)
            waited += 30
            await here.reconcile(1)
        waits.append(waited)
        await here.reconcile(2)
        assert (here.condition.status, here.condition.reason) == ("False", "Running")
        assert "before, of 1 check, 1 failed" in here.condition.message
        here.end(MISSING, job=name)
        await here.reconcile(2)
    assert waits == [60, 120, 240, 480, 960, 1800, 1800]


@pytest.mark.parametrize(
    "change",
    [
        pytest.param(lambda of: replace(of, retry_preflight="1"), id="annotation"),
        pytest.param(lambda of: replace(of, spec=sweep(preflight={"disk": []}).spec), id="spec"),
    ],
)
async def test_a_change_is_checked_at_once(change: Any) -> None:
    here = World()
    await here.reconcile()
    here.end(MISSING)
    await here.reconcile()
    here.cluster.held = change(here.cluster.held)
    here.pass_seconds(5)
    await here.reconcile()
    assert here.created == [JOB, f"{JOB}-2"]
    here.end(OK, job=f"{JOB}-2")
    await here.reconcile()
    assert here.created[-1] == SEARCH


async def test_a_change_of_the_code_s_config_map_is_checked_at_once() -> None:
    here = World()
    await here.reconcile()
    here.end(MISSING)
    await here.reconcile()
    here.cluster.code_version = "2"
    here.pass_seconds(5)
    await here.reconcile()
    assert here.created == [JOB, f"{JOB}-2"]


CREDENTIALS = ("Secret", "data-credentials")


def with_credentials() -> World:
    workers = builders.workers(imagePullSecrets=[{"name": "data-credentials"}])
    here = World(sweep(workers=workers))
    here.cluster.object_versions[CREDENTIALS] = "1"
    return here


async def test_a_change_of_a_secret_of_the_pod_is_checked_soon_after_a_failure() -> None:
    here = with_credentials()
    await here.reconcile()
    here.end(MISSING)
    await here.reconcile()
    here.pass_seconds(5)
    await here.reconcile()
    assert here.created == [JOB], "nothing has changed"
    here.cluster.object_versions[CREDENTIALS] = "2"
    await here.reconcile()
    assert here.created == [JOB, f"{JOB}-2"]


async def test_a_secret_that_changes_all_the_time_costs_an_attempt_each_minute_at_most() -> None:
    here, waits, name = with_credentials(), [], JOB
    await here.reconcile()
    for number in range(2, 9):
        here.end(MISSING, job=name)
        await here.reconcile(2)
        before, name = here.clock.now, f"{JOB}-{number}"
        while here.created[-1] != name:
            here.cluster.object_versions[CREDENTIALS] = f"{here.clock.now}"
            here.pass_seconds(1)
            await here.reconcile(1)
        waits.append(round((here.clock.now - before).total_seconds()))
    assert waits == [3, 6, 12, 24, 48, 60, 60]


async def test_objects_that_cannot_be_read_leave_the_usual_backoff() -> None:
    here = with_credentials()
    await here.reconcile()
    here.end(MISSING)
    await here.reconcile()
    here.cluster.object_error = OSError("forbidden")
    here.pass_seconds(59)
    await here.reconcile()
    assert here.created == [JOB]
    here.pass_seconds(2)
    await here.reconcile()
    assert here.created == [JOB, f"{JOB}-2"]


async def test_a_check_that_passed_stays_although_a_secret_changes() -> None:
    here = with_credentials()
    await here.reconcile()
    here.cluster.object_versions[CREDENTIALS] = "2"
    here.end(OK)
    await here.reconcile()
    assert here.created == [JOB, SEARCH]


async def test_a_result_about_an_earlier_input_starts_no_search() -> None:
    here = World()
    await here.reconcile()
    here.cluster.code_version = "2"
    here.end(OK)
    await here.reconcile()
    assert here.created == [JOB]
    here.pass_seconds(5)
    await here.reconcile()
    assert here.created == [JOB, f"{JOB}-2"]


async def test_a_failed_check_may_only_warn() -> None:
    here = World(sweep(preflight={"failurePolicy": "Warn"}))
    await here.reconcile()
    here.end(MISSING, SLOW)
    await here.reconcile()
    assert here.created == [JOB, SEARCH]
    assert (here.condition.status, here.condition.reason) == ("True", "PassedWithWarnings")
    assert "of 2 checks, 1 failed, 1 warned: spec.preflight.paths[0]" in here.condition.message


@pytest.mark.parametrize("is_saved", [True, False])
async def test_a_killed_operator_neither_checks_again_nor_starts_a_second_pod(is_saved: bool) -> None:
    here = World()
    await here.reconcile()
    before = here.cluster.held.status
    await here.reconcile(4)
    assert here.created == [JOB]
    here.end(OK)
    await here.reconcile()
    if not is_saved:  # it was killed after it had created the search, and before it wrote the status
        here.cluster.held = replace(here.cluster.held, status=before)
    await here.reconcile()
    assert here.created == [JOB, SEARCH]
    assert here.condition.reason == "Passed"


async def test_results_outlive_their_job() -> None:
    here = World()
    await here.reconcile()
    here.end(MISSING)
    await here.reconcile()
    here.cluster.jobs, here.cluster.pods = (), ()
    here.pass_seconds(61)
    await here.reconcile()
    assert here.created == [JOB, f"{JOB}-2"], "the number of an attempt is never used twice"
