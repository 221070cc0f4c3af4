"""Trials that fail in real pods: each has its class, and the sweep goes on, ends, or waits, as it was asked to."""

from __future__ import annotations

import json

import pytest

from hpotrial import protocol
from tests.e2e.patience import stays, until
from tests.e2e.place import Place

LIMIT = "160Mi"


@pytest.fixture(scope="module")
def started(shared: Place) -> Place:
    """All sweeps of this file, side by side."""
    limited = shared.sweep("memory", python="failing:too_much_memory", most=2, replicas=1)
    limited["spec"]["workers"]["template"]["spec"]["containers"][0]["resources"] = {"limits": {"memory": LIMIT}}
    command = shared.sweep("command", most=6, replicas=2)
    command["spec"]["objective"] = {
        "command": ["sh", "/hposweep/source/train.sh"],
        "sourceRef": {"configMap": {"name": "train-code"}},
    }
    tiny = shared.sweep("tiny", most=60, seconds=0, replicas=2)
    tiny["spec"]["workers"]["isolation"] = "None"
    ways = shared.sweep("ways", python="failing:in_many_ways", most=50, trials={"max": 50, "maxFailed": "10%"})
    ways["spec"]["objective"]["fixed"] = {"why": "of its own kind"}
    shared.apply(
        shared.sweep("slow", python="failing:never_ends", trials={"max": 2, "timeoutSeconds": 2}),
        shared.sweep("alike", python="failing:without_data", most=40),
        limited,
        command,
        tiny,
        ways,
    )
    return shared


def classes(place: Place, name: str) -> list[str]:
    return [str(trial.attributes.get(protocol.CLASS)) for trial in place.database.trials(place.study(name))]


def test_a_trial_that_takes_too_long_is_ended(started: Place) -> None:
    failed = started.until_condition("slow", "Failed", reason="NoTrialCompleted")
    assert "all 2 trials failed; TimedOut 2 times" in failed["message"]
    assert classes(started, "slow") == [protocol.TIMED_OUT] * 2
    assert started.status("slow")["trials"]["failures"] == {protocol.TIMED_OUT: 2}


def test_a_trial_that_wants_too_much_memory_is_one_that_failed(started: Place) -> None:
    """Whether the kernel takes the trial alone or its whole pod depends on the node; the class does not."""
    started.until_condition("memory", "Failed", reason="NoTrialCompleted", seconds=150)
    assert classes(started, "memory") == [protocol.OUT_OF_MEMORY] * 2


def test_a_program_is_an_objective(started: Place) -> None:
    started.until_condition("command", "Complete", reason="BudgetReached")
    status = started.status("command")
    assert status["trials"]["complete"] == 6
    assert status["best"]["value"] == pytest.approx((status["best"]["params"]["x"] - 2) ** 2, rel=1e-4)
    assert "tries x=" in started("logs", "-l", "hposweep.dev/sweep=command", "--tail=-1")


def test_tiny_trials_need_no_process_of_their_own(started: Place) -> None:
    started.until_condition("tiny", "Complete", reason="BudgetReached")
    assert started.database.counts(started.study("tiny"))["COMPLETE"] == 60


def test_too_many_failures_end_the_sweep(started: Place) -> None:
    failed = started.until_condition("ways", "Failed", reason="TooManyFailedTrials")
    started.until_no_pod_is_left("ways")
    assert "condition met" in started("wait", "--for=condition=Ended", "hposweep/ways", "--timeout=5s")
    assert started.conditions("ways")["Ended"]["reason"] == "Failed"
    counts = started.database.counts(started.study("ways"))
    assert 5 < counts["charged"] < 50, failed["message"]


def test_failing_alike_at_the_start_stops_and_says_what_to_do(started: Place) -> None:
    unhealthy = started.until_condition("alike", "Healthy", "False", reason="FailingImmediately")
    for said in ("DataMissing", "/data/train.npy", "spec.suspend"):
        assert said in unhealthy["message"]
    # The pod's log as long as there is the pod, then what the trial kept of it.
    assert "kubectl logs" in unhealthy["message"] or protocol.LOG_TAIL in unhealthy["message"]
    started.until_no_pod_is_left("alike")
    tried = len(started.database.trials(started.study("alike")))
    assert tried < 10
    stays(lambda: started.live_pods("alike"), lambda pods: not pods, seconds=3, what="nothing starts by itself")
    assert started.conditions("alike")["Complete"]["status"] == "False"

    started.patch("alike", suspend=True)
    started.until_condition("alike", "Suspended")
    until(
        lambda: started.database.attributes(started.study("alike")),
        lambda found: protocol.BREAKER not in found and found[protocol.CONTROL]["breakerFrom"] == tried,
        seconds=20,
        what="the operator has taken note",
    )
    started.patch("alike", suspend=False)
    # The condition alone would not do: until the next pass it is still that of the first trials.
    started.until_trials("alike", FAIL=tried + 5)
    started.until_condition("alike", "Healthy", "False", reason="FailingImmediately")
    started.until_no_pod_is_left("alike")
    assert len(started.database.trials(started.study("alike"))) < tried + 10
    started.patch("alike", stop="Drain")
    started.until_condition("alike", "Complete", reason="StoppedByUser")


def test_the_evidence_of_a_failure_is_on_the_trial(started: Place) -> None:
    started.until_trials("alike", FAIL=1)
    trial = started.database.trials(started.study("alike"))[0]
    assert trial.attributes[protocol.CLASS] == protocol.DATA_MISSING
    assert "FileNotFoundError" in trial.attributes[protocol.LOG_TAIL]
    assert json.dumps(trial.attributes).count("postgresql://") == 0
