"""The baseline trial on real pods: it passes and the search starts, or fails and waits until it is fixed."""

from __future__ import annotations

import re
from typing import Any

import pytest

from tests.e2e.evidence import Evidence
from tests.e2e.installation import Installation
from tests.e2e.operator_process import kill
from tests.e2e.patience import stays, until
from tests.e2e.place import Place

Json = dict[str, Any]
LIMIT, LIMIT_WORDS = "512Mi", "512 MiB"
GIVEN = {"params": {"x": 1.0}}
BEYOND = {"params": {"x": 9.0}}
# By name of the sweep: the way in which its objective fails beyond x = 1, and words of the sentence.
FAILURES = {
    "raises": ("error", "DataMissing: FileNotFoundError"),
    "not-finite": ("nan", "NotFinite"),
    "too-large": ("memory", "OutOfMemory"),
    "too-long": ("time", "TimedOut"),
}


def phases(place: Place, name: str) -> list[str]:
    return sorted(job["metadata"]["labels"]["hposweep.dev/phase"] for job in place.jobs(name))


def job_names(place: Place, name: str) -> set[str]:
    return {str(job["metadata"]["name"]) for job in place.jobs(name)}


@pytest.fixture(scope="module")
def waiting(shared: Place) -> Place:
    """Sweeps that pass, and some that are stopped at their gate; they run side by side."""
    sweeps = [shared.sweep("passes", most=3, replicas=2, baselineTrial=GIVEN)]
    for name, (way, _) in FAILURES.items():
        objective = shared.objective("failing:beyond_one", way=way)
        trials = {"max": 6, **({"timeoutSeconds": 5} if way == "time" else {})}
        sweeps.append(shared.sweep(name, replicas=1, baselineTrial=BEYOND, objective=objective, trials=trials))
    for sweep in sweeps:
        container = sweep["spec"]["workers"]["template"]["spec"]["containers"][0]
        container["resources"] = {"limits": {"memory": LIMIT}}
    shared.apply({"apiVersion": "v1", "kind": "List", "items": sweeps})
    for name in FAILURES:
        shared.until_condition(name, "BaselinePassed", "False", reason="Failed")
    return shared


def test_a_trial_that_completes_starts_the_search_and_counts(waiting: Place) -> None:
    waiting.until_condition("passes", "Complete", reason="BudgetReached")
    passed = waiting.conditions("passes")["BaselinePassed"]
    assert (passed["reason"], "trial 0 completed" in passed["message"]) == ("Passed", True)
    assert ": loss 1." in passed["message"], "(1 - 2)² with the parameters that were given"
    assert re.search(
        rf"It held [\d.]+ MiB of {LIMIT_WORDS} memory\. At this pace 2 trials on 2 workers take", passed["message"]
    )
    assert waiting.status("passes")["trials"]["finished"] == 3
    assert phases(waiting, "passes") == ["baseline", "search"]


@pytest.mark.parametrize("name", FAILURES)
def test_a_failed_trial_says_why_and_holds_no_pod(waiting: Place, name: str) -> None:
    status, message = waiting.status(name), waiting.conditions(name)["BaselinePassed"]["message"]
    assert FAILURES[name][1] in message
    assert (status["state"], status["message"]) == ("Baseline", message)
    until(lambda: waiting.live_pods(name), lambda pods: not pods, seconds=60, what="no pod is left")
    stays(lambda: phases(waiting, name), lambda found: found == ["baseline"], seconds=3, what="no other Job")


def test_an_annotation_asks_for_another_attempt(waiting: Place) -> None:
    waiting("annotate", "hposweep", "raises", "hposweep.dev/retry-baseline=now", "--overwrite")
    until(
        lambda: job_names(waiting, "raises"), lambda names: "raises-baseline-2" in names, seconds=60, what="attempt 2"
    )
    waiting.until_condition("raises", "BaselinePassed", "False", reason="Failed")


@pytest.mark.parametrize("name", FAILURES)
def test_a_corrected_point_goes_on_by_itself(waiting: Place, name: str) -> None:
    waiting.patch(name, baselineTrial=GIVEN)
    waiting.until_condition(name, "BaselinePassed", reason="Passed")
    until(lambda: phases(waiting, name), lambda found: "search" in found, seconds=60, what="the search starts")


@pytest.mark.alone
def test_an_operator_killed_in_the_gate_starts_no_second_pod(
    place: Place, installation: Installation, evidence: Evidence
) -> None:
    place.apply(place.sweep("killed", most=2, replicas=1, seconds=6, baselineTrial=GIVEN))
    until(lambda: place.jobs("killed"), seconds=60, what="the Job of the trial exists")
    for _ in range(2):
        kill(installation, evidence)
        installation.wait_until_ready()
    place.until_condition("killed", "Complete", reason="BudgetReached")
    assert phases(place, "killed") == ["baseline", "search"]
    assert place.conditions("killed")["BaselinePassed"]["reason"] == "Passed"
    assert place.status("killed")["trials"]["finished"] == 2
    assert len(place.pods("killed")) == 2
