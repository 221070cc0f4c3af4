"""Decision points and the deadline on a cluster, with the operator killed before and after each was decided.

The sweeps run side by side. The second kill comes when all of them have decided: one drains, one waits for an answer
that comes while nobody is there to take it, one for a deadline that passes meanwhile, and one only pretends.
"""

from __future__ import annotations

from functools import partial
from typing import Any

import pytest

from tests.builders import best_value
from tests.e2e.evidence import Evidence
from tests.e2e.installation import Installation
from tests.e2e.operator_process import kill
from tests.e2e.patience import until
from tests.e2e.place import Place

pytestmark = pytest.mark.alone

Json = dict[str, Any]

MOST, HALF, SECONDS = 30, 15, 3.0
LIMIT_SECONDS = 30
WHO = {"by": "admin", "reason": "it looks fine"}  # the user of the tests' kubeconfig: another name is refused
ALWAYS, NEVER = best_value(less_than=1e9), best_value(less_than=-1.0)  # the least of (x - 2)² is 0


def halfway(when: Json, then: str, otherwise: str = "Continue", **more: Any) -> Json:
    """One decision point with one rule."""
    rules = [{"when": when, "then": then, "label": "by the rule"}]
    point = {"name": "half", "at": {"fraction": 0.5}, "rules": rules, "otherwise": otherwise}
    return {"decisionPoints": [point | more]}


SWEEPS = {
    "stops": halfway(ALWAYS, "Stop"),
    "answered": halfway(NEVER, "Stop", "Ask", ask={"deadlineSeconds": 600, "default": "Stop"}),
    # Long enough not to be spent while no operator runs.
    "unanswered": halfway(NEVER, "Continue", "Ask", at={"trials": HALF}, ask={"deadlineSeconds": 5, "default": "Stop"})
    | {"trials": {"max": 4 * MOST}},
    "dry": halfway(ALWAYS, "Stop", dryRun=True),
}


def decision(place: Place, name: str) -> Json:
    """The only one that it has, or nothing."""
    found = place.status(name).get("decisions", [])
    assert len(found) < 2, found
    return dict(found[0]) if found else {}


@pytest.fixture(scope="module")
def first(shared: Place, installation: Installation, evidence: Evidence) -> dict[str, Json]:
    """What each decided at first; then the operator was killed, and started again."""
    place = shared
    limited = place.sweep("limited", seconds=SECONDS, most=500, budget={"activeDeadlineSeconds": LIMIT_SECONDS})
    deciding = (place.sweep(name, seconds=SECONDS, most=MOST, **spec) for name, spec in SWEEPS.items())
    place.apply(limited, *deciding)
    for name in SWEEPS:
        place.until_trials(name, COMPLETE=1)
    kill(installation, evidence)
    installation.wait_until_ready()
    found = {name: until(partial(decision, place, name), seconds=120, what=f"{name} has decided") for name in SWEEPS}
    kill(installation, evidence)
    place.patch("answered", answers=[{"decision": "half", "answer": "Continue", **WHO}])
    installation.wait_until_ready()
    return found


def test_every_point_was_reached_by_the_same_number_of_trials(first: dict[str, Json]) -> None:
    assert {name: entry["trials"] for name, entry in first.items()} == dict.fromkeys(SWEEPS, HALF)
    # The short question may have been settled before anybody looked.
    outcomes = {name: first[name]["outcome"] for name in ("stops", "answered", "dry")}
    assert outcomes == {"stops": "Stop", "answered": "Ask", "dry": "Stop"}


def test_a_rule_stops_a_sweep_halfway(shared: Place, first: dict[str, Json]) -> None:
    ended = shared.until_condition("stops", "Complete", reason="StoppedByDecision")
    shared.until_no_pod_is_left("stops")
    trials = shared.database.trials(shared.study("stops"))
    assert {trial.state for trial in trials} == {"COMPLETE"}, "it was drained"
    assert HALF <= len(trials) < MOST
    assert ended["message"] == f"stopped by decision `half` (by the rule) after {len(trials)} of {MOST} trials"
    assert decision(shared, "stops") == first["stops"]
    status = shared.status("stops")
    assert status["state"] == "Stopped"
    assert shared.conditions("stops")["OnTrack"]["reason"] == "Stopped"
    assert len(shared.jobs("stops")) == 1
    assert told(shared, "stops").count("StoppedByDecision") == 1


def test_an_answer_that_came_while_no_operator_ran_lets_it_go_on(shared: Place, first: dict[str, Json]) -> None:
    shared.until_condition("answered", "OnTrack", reason="Continue")
    found = decision(shared, "answered")
    assert (found["outcome"], found["by"]) == ("Continue", "admin")
    assert "admin answered Continue: it looks fine" in found["message"]
    assert found["evidence"] == first["answered"]["evidence"]
    assert_spent(shared, "answered")


def test_a_default_holds_when_nobody_answers(shared: Place, first: dict[str, Json]) -> None:
    shared.until_condition("unanswered", "OnTrack", "False", reason="DefaultApplied")
    shared.until_condition("unanswered", "Complete", reason="StoppedByDecision")
    shared.until_no_pod_is_left("unanswered")
    found = decision(shared, "unanswered")
    assert (found["outcome"], found["by"], found["trials"]) == ("Stop", "default", HALF)
    assert shared.database.counts(shared.study("unanswered"))["COMPLETE"] < 4 * MOST


def test_a_dry_run_stops_nothing(shared: Place, first: dict[str, Json]) -> None:
    assert "would have stopped the sweep" in first["dry"]["message"]
    assert first["dry"]["dryRun"] is True
    assert_spent(shared, "dry")
    assert decision(shared, "dry") == first["dry"]
    assert shared.conditions("dry")["OnTrack"]["status"] == "True"


def test_time_that_is_up_drains_the_sweep(shared: Place, first: dict[str, Json]) -> None:
    ended = shared.until_condition("limited", "Complete", reason="TimeReached")
    shared.until_no_pod_is_left("limited")
    assert f"`spec.budget.activeDeadlineSeconds: {LIMIT_SECONDS}`" in ended["message"]
    trials = shared.database.trials(shared.study("limited"))
    assert {trial.state for trial in trials} == {"COMPLETE"}
    assert 0 < len(trials) < 500


def assert_spent(place: Place, name: str) -> None:
    place.until_condition(name, "Complete", reason="BudgetReached", seconds=150)
    place.until_no_pod_is_left(name)
    counts = place.database.counts(place.study(name))
    assert (counts["charged"], counts["COMPLETE"]) == (MOST, MOST), counts


def told(place: Place, name: str) -> list[str]:
    return [event["reason"] for event in place.events(name)]
