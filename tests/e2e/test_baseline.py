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
LIMIT, LIMIT_WORDS = "256Mi", "256 MiB"
GIVEN = {"params": {"x": 1.0}}
# By name of the sweep: the objective, its fixed parameters, and words of the sentence.
FAILURES: dict[str, tuple[str, Json, str]] = {
    "raises": ("failing:without_data", {}, "DataMissing: FileNotFoundError"),
    "not-finite": ("failing:not_a_number", {}, "NotFinite"),
    "too-large": ("failing:too_much_memory", {}, "OutOfMemory"),
}


def phases(place: Place, name: str) -> list[str]:
    return sorted(job["metadata"]["labels"]["hposweep.dev/phase"] for job in place.jobs(name))


@pytest.fixture(scope="module")
def waiting(shared: Place) -> Place:
    """Sweeps that pass, and some that are stopped at their gate; they run side by side."""
    sweeps = [shared.sweep("passes", most=3, replicas=2, baselineTrial=GIVEN)]
    slow = {"trials": {"max": 3, "timeoutSeconds": 2}, "objective": shared.objective("train:quadratic", seconds=30)}
    sweeps.append(shared.sweep("too-long", replicas=1, baselineTrial=GIVEN, **slow))
    for name, (python, fixed, _) in FAILURES.items():
        objective = shared.objective(python, **fixed)
        sweeps.append(shared.sweep(name, most=3, replicas=1, baselineTrial={}, objective=objective))
    limit = {"limits": {"memory": LIMIT}}
    for sweep in (sweeps[0], sweeps[-1]):
        sweep["spec"]["workers"]["template"]["spec"]["containers"][0]["resources"] = limit
    shared.apply({"apiVersion": "v1", "kind": "List", "items": sweeps})
    for name in (*FAILURES, "too-long"):
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


@pytest.mark.parametrize("name", [*FAILURES, "too-long"])
def test_a_failed_trial_says_why_and_holds_no_pod(waiting: Place, name: str) -> None:
    words = FAILURES[name][2] if name in FAILURES else "TimedOut"
    status, message = waiting.status(name), waiting.conditions(name)["BaselinePassed"]["message"]
    assert words in message
    assert (status["state"], status["message"]) == ("Baseline", message)
    until(lambda: waiting.live_pods(name), lambda pods: not pods, seconds=60, what="no pod is left")
    stays(lambda: phases(waiting, name), lambda found: found == ["baseline"], seconds=3, what="no other Job")


def test_a_patched_sweep_goes_on(waiting: Place) -> None:
    waiting.patch("too-long", trials={"timeoutSeconds": 120})
    waiting.until_condition("too-long", "BaselinePassed", reason="Passed")
    names = {job["metadata"]["name"] for job in waiting.jobs("too-long")}
    assert {"too-long-baseline", "too-long-baseline-2"} <= names


def test_an_annotation_asks_for_another_attempt(waiting: Place) -> None:
    waiting("annotate", "hposweep", "raises", "hposweep.dev/retry-baseline=now", "--overwrite")
    until(
        lambda: {job["metadata"]["name"] for job in waiting.jobs("raises")},
        lambda names: "raises-baseline-2" in names,
        seconds=30,
        what="another attempt",
    )


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
