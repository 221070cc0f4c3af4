"""From `kubectl apply` to the verdict, as people type it."""

from __future__ import annotations

import json

import pytest

from tests.builders import (
    best_value,
    categorical_parameter,
    float_parameter,
    int_parameter,
    study,
    trials_finished,
    when,
)
from tests.contract.kubectl import Kubectl
from tests.e2e.patience import until
from tests.e2e.place import Place

MOST = 20
WAIT = ("wait", "--timeout=150s")  # other tests run beside this one
CONDITIONS = {
    "Accepted", "StorageReady", "PreflightPassed", "BaselinePassed", "Approved", "WorkersReady", "Healthy", "Suspended",
    "Analyzed", "MinimumSuccess", "FullSuccess", "ExceptionalSuccess", "Ended", "Complete", "Failed",
}  # fmt: skip


@pytest.fixture(scope="module")
def started(shared: Place) -> Place:
    """All sweeps of this file, applied at once."""
    success = {
        "minimum": [trials_finished(MOST), best_value(less_than=50.0)],
        "full": [best_value(less_than=50.0)],
        "exceptional": [best_value(less_than=0.0)],
    }
    encoders = [
        int_parameter("depth", 2, 8, when=when("encoder", "cnn")),
        categorical_parameter("encoder", "cnn", "context"),
    ]
    pruned = {"name": "ThresholdPruner", "options": {"upper": 0.0}}
    plain = shared.sweep("plain", python="plain:objective", most=12)
    del plain["spec"]["searchSpace"], plain["spec"]["objective"]["fixed"]
    shared.apply(
        shared.sweep("story", most=MOST, seconds=0.2, success=success),
        shared.sweep("conditional", python="train:conditional", most=12, searchSpace=encoders),
        shared.sweep(
            "pruning", python="train:reports", most=12, searchSpace=[float_parameter("x", -10.0, 10.0)],
            study=study(direction="Minimize", sampler={"name": "RandomSampler", "seed": 7}, pruner=pruned),
        ),
        plain,
    )  # fmt: skip
    return shared


@pytest.fixture(scope="module")
def story(started: Place) -> Place:
    """The first of them has come to its end."""
    started(*WAIT, "--for=condition=Ended", "hposweep/story")
    return started


def test_kubectl_wait_works_on_the_end_and_on_each_tier(story: Place) -> None:
    assert "condition met" in story(*WAIT, "--for=condition=Ended", "hposweep/story")
    assert "condition met" in story(*WAIT, "--for=condition=MinimumSuccess", "hposweep/story")
    assert "condition met" in story(*WAIT, "--for=condition=ExceptionalSuccess=False", "hposweep/story")


def test_exactly_as_many_trials_ran_as_were_asked_for(story: Place) -> None:
    trials = story.database.trials(story.study("story"))
    assert [trial.number for trial in trials] == list(range(MOST))
    assert {trial.state for trial in trials} == {"COMPLETE"}


def test_each_trial_says_who_ran_it(story: Place) -> None:
    pods = {pod["metadata"]["name"]: pod for pod in story.pods("story")}
    for trial in story.database.trials(story.study("story")):
        pod = pods[trial.attributes["hposweep:pod"]]
        assert trial.attributes["hposweep:uid"] == pod["metadata"]["uid"]
        assert trial.attributes["hposweep:node"] == pod["spec"]["nodeName"]


def test_the_status_holds_what_the_database_holds(story: Place) -> None:
    status, generation = story.status("story"), story.sweeps.read("story")["metadata"]["generation"]
    assert status["state"] == "Complete"
    assert status["progress"] == f"{MOST}/{MOST}"
    assert status["verdict"] == "full"
    assert status["observedGeneration"] == generation
    counts = status["trials"]
    assert (counts["max"], counts["finished"], counts["complete"], counts["charged"]) == (MOST,) * 4
    assert (counts["failed"], counts["running"], counts["waiting"]) == (0, 0, 0)
    (best,) = story.database.rows(
        "select t.number, v.value from trials t join trial_values v using (trial_id) join studies s using (study_id)"
        " where s.study_name = %(study)s order by v.value, t.number limit 1",
        {"study": story.study("story")},
    )
    assert (status["best"]["trial"], status["best"]["values"]["loss"]) == best


def test_every_condition_is_there_and_belongs_to_this_generation(story: Place) -> None:
    conditions, generation = story.conditions("story"), story.sweeps.read("story")["metadata"]["generation"]
    assert set(conditions) == CONDITIONS
    for entry in conditions.values():
        assert entry["observedGeneration"] == generation
        assert entry["reason"].isalnum()
        assert entry["message"]
    assert conditions["Complete"]["reason"] == "BudgetReached"
    assert f"{MOST} of {MOST} trials" in conditions["Complete"]["message"]
    assert conditions["Failed"]["status"] == "False"
    assert (conditions["Ended"]["reason"], conditions["Ended"]["message"]) == (
        "Complete",
        f"BudgetReached: {conditions['Complete']['message']}",
    )


def test_a_tier_is_judged_with_value_threshold_and_margin(story: Place) -> None:
    conditions, status = story.conditions("story"), story.status("story")
    assert conditions["MinimumSuccess"]["status"] == "True"
    assert conditions["FullSuccess"]["status"] == "True"
    assert conditions["ExceptionalSuccess"]["status"] == "False"
    best = status["best"]["values"]["loss"]
    minimum = next(tier for tier in status["success"] if tier["tier"] == "minimum")
    finished, value = minimum["criteria"]
    assert (finished["value"], finished["threshold"], finished["margin"]) == (MOST, MOST, 0)
    assert (value["value"], value["threshold"]) == (best, 50.0)
    assert value["margin"] == pytest.approx(50.0 - best)
    for number in (f"{best:.6g}", "50", f"{50.0 - best:+.3g}"):
        assert number in conditions["MinimumSuccess"]["message"]


def test_get_shows_the_sweep_in_one_line(story: Place) -> None:
    header, line = story("get", "hpo", "-o", "wide").splitlines()[0], story("get", "hpo", "story", "-o", "wide")
    assert header.split() == [
        "NAME", "STATE", "VERDICT", "HEALTH", "PROGRESS", "RUNNING", "FAILED", "BEST", "WORKERS", "ETA", "AGE", "STUDY",
        "MESSAGE",
    ]  # fmt: skip
    words = line.splitlines()[1].split()
    health = story.conditions("story")["Healthy"]["reason"]
    assert words[:7] == ["story", "Complete", "full", health, f"{MOST}/{MOST}", "0", "0"]
    assert words[7] == str(story.status("story")["best"]["value"])
    assert story.study("story") in words
    assert f"{MOST} of {MOST} trials, best loss" in line


def test_describe_tells_the_story_in_events(story: Place) -> None:
    said = story("describe", "hposweep", "story")
    told = said[said.index("Events:") :]
    chapters = ["Accepted: the spec is valid", "free connections", "2 of 2 workers running", f"{MOST} of {MOST} trials"]
    assert all(chapter in told for chapter in chapters), told
    assert "MinimumSuccess: " in told
    warned = {event["reason"] for event in story.events("story") if event["type"] == "Warning"}
    assert warned - {"StorageSlow"} == {"CriteriaNotMet"}  # on a busy machine a slow database is the truth
    order = {event["reason"]: event["firstTimestamp"] for event in story.events("story")}
    assert order["Valid"] <= order["Connected"] <= order["Running"] <= order["BudgetReached"]


def test_explain_knows_the_installed_resource(started: Place, kubectl: Kubectl) -> None:
    said = until(
        lambda: " ".join(kubectl("explain", "hposweep.spec.trials").split()),
        lambda text: "max <integer> -required-" in text,
        seconds=30,
        what="kubectl explain knows the CRD of the chart",
    )
    assert "1 to 100000" in said


def test_one_job_ran_and_its_pods_are_kept_for_their_logs(story: Place) -> None:
    (job,) = story.jobs("story")
    (owner,) = job["metadata"]["ownerReferences"]
    assert (owner["kind"], owner["name"], owner["controller"]) == ("HPOSweep", "story", True)
    assert job["spec"]["completionMode"] == "Indexed"
    assert len(story.pods("story")) == 2
    for pod in story.pods("story"):
        log = story("logs", pod["metadata"]["name"])
        assert "trial" in log
        assert "budget spent" in log


def test_pods_pass_the_restricted_level_and_get_no_token(story: Place) -> None:
    labels = json.loads(story("get", "namespace", story.name, "-o", "json"))["metadata"]["labels"]
    assert labels["pod-security.kubernetes.io/enforce"] == "restricted"
    for pod in story.pods("story"):
        assert pod["spec"]["automountServiceAccountToken"] is False
        (variable,) = (v for v in pod["spec"]["containers"][0]["env"] if v["name"] == "HPOSWEEP_STORAGE_URL")
        assert "value" not in variable
        assert variable["valueFrom"]["secretKeyRef"] == {"name": "optuna-db", "key": "uri"}


def test_a_conditional_space_gives_each_trial_only_what_applies(started: Place) -> None:
    started.until_condition("conditional", "Complete")
    trials = started.database.trials(started.study("conditional"))
    assert {trial.state for trial in trials} == {"COMPLETE"}
    assert len(trials) == 12
    seen = {trial.parameters for trial in trials}
    assert seen == {frozenset({"encoder", "depth"}), frozenset({"encoder"})}
    assert started.status("conditional")["best"]["params"]["encoder"] == "cnn"


def test_hopeless_trials_are_pruned_and_count(started: Place) -> None:
    started.until_condition("pruning", "Complete")
    counts = started.database.counts(started.study("pruning"))
    assert counts["PRUNED"] > 0
    assert counts["COMPLETE"] > 0
    assert counts["PRUNED"] + counts["COMPLETE"] == counts["charged"] == 12
    status = started.status("pruning")["trials"]
    assert (status["pruned"], status["finished"]) == (counts["PRUNED"], 12)


def test_a_plain_objective_that_defines_its_own_space_runs_unchanged(started: Place) -> None:
    started.until_condition("plain", "Complete")
    trials = started.database.trials(started.study("plain"))
    assert len(trials) == 12
    assert {trial.state for trial in trials} == {"COMPLETE"}
    assert all({"x", "kind"} <= trial.parameters for trial in trials)
    assert {"x", "kind"} <= started.status("plain")["best"]["params"].keys()
