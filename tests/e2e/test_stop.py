"""Ending early, pausing and scaling in mid-sweep: what the database counts is exact, and nothing is left RUNNING.

The four stories are independent and mostly wait, so they run side by side.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from datetime import UTC, datetime, timedelta

import pytest

from tests.e2e.patience import stays, until
from tests.e2e.place import Place

REACTION = timedelta(seconds=3)  # from a patch to the moment when no worker starts another trial
TERMINATE_SECONDS = 30


def drain(place: Place) -> None:
    study = place.study("drain")
    place.apply(place.sweep("drain", seconds=5, most=50))
    place.until_trials("drain", COMPLETE=2, RUNNING=2)
    running = {trial.number for trial in place.database.running(study)}
    place.patch("drain", stop="Drain")
    patched = datetime.now(UTC)
    ended = place.until_condition("drain", "Complete", reason="StoppedByUser")
    place.until_no_pod_is_left("drain")
    trials = place.database.trials(study)
    assert {trial.state for trial in trials} == {"COMPLETE"}
    assert running <= {trial.number for trial in trials}
    assert max(trial.started for trial in trials if trial.started) < patched + REACTION
    assert f"after {len(trials)} of 50 trials" in ended["message"]
    assert_counts(place, "drain", state="Stopped", complete=len(trials), finished=len(trials), failed=0)


def terminate(place: Place) -> None:
    study = place.study("terminate")
    place.apply(place.sweep("terminate", seconds=600, most=50))
    place.until_trials("terminate", RUNNING=2)
    place.patch("terminate", stop="Terminate")
    place.until_condition("terminate", "Complete", reason="StoppedByUser", seconds=TERMINATE_SECONDS)
    place.until_no_pod_is_left("terminate")
    trials = place.database.trials(study)
    assert [(trial.state, trial.attributes["hposweep:class"]) for trial in trials] == [("FAIL", "Terminated")] * 2
    assert not any(trial.is_charged for trial in trials)
    assert_counts(place, "terminate", state="Stopped", complete=0, finished=0, failed=2)
    assert place.conditions("terminate")["Failed"]["status"] == "False"


def suspend(place: Place) -> None:
    study, most = place.study("suspend"), 10
    place.apply(place.sweep("suspend", seconds=3, most=most))
    place.until_trials("suspend", COMPLETE=2, RUNNING=2)
    place.patch("suspend", suspend=True)
    place.until_condition("suspend", "Suspended")
    place.until_no_pod_is_left("suspend")
    before = place.database.counts(study)
    stays(lambda: place.database.counts(study), before.__eq__, seconds=4, what="a suspended sweep stands still")
    assert 0 < before["charged"] < most
    assert place.status("suspend")["state"] == "Suspended"
    assert place.conditions("suspend")["WorkersReady"]["reason"] == "Suspended"
    place.patch("suspend", suspend=False)
    place.until_condition("suspend", "Suspended", "False", reason="Resumed")
    place.until_condition("suspend", "Complete", reason="BudgetReached")
    assert_exactly(place, "suspend", most)
    trials = place.database.trials(study)
    handed_back = [trial for trial in trials if trial.state == "FAIL"]
    assert {trial.attributes["hposweep:class"] for trial in handed_back} <= {"Preempted"}
    # What had no parameter yet is not tried again as itself: any new trial is as good.
    retried = {trial.attributes.get("hposweep:retried_from") for trial in trials} - {None}
    assert retried == {trial.number for trial in handed_back if trial.parameters}


def scale(place: Place) -> None:
    study, most = place.study("scale"), 36
    place.apply(place.sweep("scale", seconds=2, most=most))
    place.until_trials("scale", COMPLETE=2)
    place("scale", "hposweep", "scale", "--replicas=4")
    until(lambda: len(place.running_pods("scale")), (4).__eq__, seconds=60, what="4 workers run")
    until(
        lambda: {trial.attributes.get("hposweep:worker") for trial in place.database.running(study)},
        {0, 1, 2, 3}.__eq__,
        seconds=60,
        what="each of the 4 workers runs a trial",
    )
    assert json.loads(place.kubectl("get", "--raw", f"{place.sweeps.path}/scale/scale"))["status"]["replicas"] == 4
    place("scale", "hposweep", "scale", "--replicas=1")
    until(lambda: len(place.live_pods("scale")), (1).__eq__, seconds=45, what="1 worker is left")
    scaled_down = place.database.counts(study)
    assert scaled_down["charged"] < most, "the sweep has to be in its middle"
    assert scaled_down["RUNNING"] <= 1
    place.until_condition("scale", "Complete", reason="BudgetReached", seconds=120)
    assert_exactly(place, "scale", most)


def assert_exactly(place: Place, name: str, most: int) -> None:
    """All of the budget was spent, on trials that are complete, and not one more."""
    place.until_no_pod_is_left(name)
    counts = place.database.counts(place.study(name))
    assert (counts["charged"], counts["COMPLETE"]) == (most, most), counts
    assert (counts["RUNNING"], counts["WAITING"]) == (0, 0), counts
    assert_counts(place, name, state="Complete", complete=most, finished=most, failed=counts["FAIL"])


def assert_counts(place: Place, name: str, *, state: str, **counts: int) -> None:
    status = place.status(name)
    assert status["state"] == state
    assert {key: status["trials"][key] for key in counts} == counts
    assert (status["trials"]["running"], status["trials"]["waiting"]) == (0, 0)


STORIES: tuple[Callable[[Place], None], ...] = (drain, terminate, suspend, scale)


@pytest.fixture(scope="module")
def stories(shared: Place) -> Iterator[dict[str, Future[None]]]:
    with ThreadPoolExecutor(len(STORIES)) as pool:
        yield {story.__name__: pool.submit(story, shared) for story in STORIES}


def test_drain_finishes_the_running_trials_and_starts_no_other(stories: dict[str, Future[None]]) -> None:
    stories["drain"].result()


def test_terminate_ends_the_running_trials_now_and_charges_none(stories: dict[str, Future[None]]) -> None:
    stories["terminate"].result()


def test_a_suspended_sweep_stands_still_and_ends_exactly_after_it_was_resumed(stories: dict[str, Future[None]]) -> None:
    stories["suspend"].result()


def test_a_sweep_scaled_from_2_to_4_to_1_ends_exactly(stories: dict[str, Future[None]]) -> None:
    stories["scale"].result()
