"""Rules that end a sweep early, on a cluster: a goal, patience, failures; each stays, also after an edit.

The three sweeps are independent and mostly wait, so they run side by side.
"""

from __future__ import annotations

import re
from typing import Any

import pytest

from tests.builders import best_value
from tests.e2e.patience import stays
from tests.e2e.place import Place

Json = dict[str, Any]

MOST, SECONDS, REPLICAS = 200, 1.0, 2
GOAL = best_value(less_than=100.0)  # of (x - 2)² with x from -10 to 10: most trials reach it
RULES = {
    "goal": GOAL,
    "patience": {"noImprovement": {"trials": 4, "minTrials": 6}},
    "failures": {"failedRatio": {"greaterThan": 0.3, "minTrials": 4}},
}
PYTHON = {"failures": "failing:every_other"}


@pytest.fixture(scope="module")
def started(shared: Place) -> Place:
    shared.apply(
        *(
            shared.sweep(
                f"stop-{name}",
                python=PYTHON.get(name, "train:quadratic"),
                seconds=SECONDS,
                most=MOST,
                replicas=REPLICAS,
                stopWhen=[rule],
            )
            for name, rule in RULES.items()
        )
    )
    return shared


def stopped(place: Place, name: str) -> Json:
    """The rule of the status, once the sweep has ended and its pods have gone."""
    place.until_no_pod_is_left(name)
    return dict(place.status(name)["stopWhen"])


def test_a_goal_drains_the_sweep_and_stays_reached(started: Place) -> None:
    ended = started.until_condition("stop-goal", "Complete", reason="GoalReached")
    rule = stopped(started, "stop-goal")
    trials = started.database.trials(started.study("stop-goal"))
    assert {trial.state for trial in trials} == {"COMPLETE"}, "it was drained"
    assert (rule["rule"], rule["reason"]) == ("stopWhen[0].bestValue", "GoalReached")
    assert rule["trials"] <= len(trials) < MOST
    assert f"< 100 after {rule['trials']} of {MOST} trials" in ended["message"]
    assert "GoalReached" in [event["reason"] for event in started.events("stop-goal")]
    started.patch("stop-goal", stopWhen=[])
    stays(
        lambda: (started.status("stop-goal")["stopWhen"], len(started.jobs("stop-goal"))),
        lambda now: now == (rule, 1),
        seconds=5,
        what="the rule stays reached",
    )


def test_patience_ends_the_sweep(started: Place) -> None:
    ended = started.until_condition("stop-patience", "Complete", reason="NoImprovement")
    rule = stopped(started, "stop-patience")
    counts = started.database.counts(started.study("stop-patience"))
    assert 6 <= rule["trials"] <= counts["COMPLETE"] < MOST
    # How many there are since the best one depends on which of the two workers finished its trial first.
    (since,) = re.findall(r"in the last (\d+) complete or pruned trials", ended["message"])
    assert 4 <= int(since) < rule["trials"]
    assert started.status("stop-patience")["state"] == "Complete"


def test_failures_end_the_sweep_as_failed(started: Place) -> None:
    ended = started.until_condition("stop-failures", "Failed", reason="TooManyFailedTrials")
    rule = stopped(started, "stop-failures")
    assert rule["rule"] == "stopWhen[0].failedRatio"
    assert "of the finished trials failed" in ended["message"]
    assert started.status("stop-failures")["state"] == "Failed"
    assert started.database.counts(started.study("stop-failures"))["RUNNING"] == 0
