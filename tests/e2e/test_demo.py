"""`make demo` keeps its promise, and every command that the README shows on its sweeps prints what it says."""

from __future__ import annotations

import json
from collections.abc import Iterator

import pytest
import yaml

from demo.images import images
from tests.contract.kubectl import Kubectl
from tests.e2e.demo_command import demonstrated
from tests.e2e.patience import until

NAMESPACE = "hposweep-demo"
DEMO_SECONDS = 840  # the first run on a cluster pulls gigabytes of torch to both nodes

# The files that compute with torch or ask for GPUs run in one process: two of them at once would take both cores.
pytestmark = [pytest.mark.timeout(DEMO_SECONDS + 60), pytest.mark.group("heavy")]


@pytest.fixture(scope="module")
def demo(kubectl: Kubectl) -> Iterator[str]:
    """What it printed."""
    with demonstrated(kubectl, "run", NAMESPACE, DEMO_SECONDS) as printed:
        yield printed


def test_it_ends_with_what_people_look_at(demo: str) -> None:
    for promised in (
        "the operator is ready",
        "$ kubectl get hposweeps",
        "VERDICT  `",
        "✓ minimum",
        "Best trial",
        "encoder_type",
        "Try next:",
        "make observe",
        "service/hposweep-operator 8080",
        "from operator to verdict",
    ):
        assert promised in demo


def test_the_verdict_comes_first_and_nothing_is_said_of_what_did_not_happen(demo: str) -> None:
    end = demo[demo.index("VERDICT  `") :]
    assert end.index("✓ minimum") < end.index("Best trial") < end.index("$ kubectl get hposweeps")
    assert "NotYet" not in end


def test_both_sweeps_ran_exactly_their_budget(demo: str, kubectl: Kubectl) -> None:
    sweeps = json.loads(kubectl("get", "hposweeps", "-n", NAMESPACE, "-o", "json"))["items"]
    trials = {item["metadata"]["name"]: item["status"]["trials"] for item in sweeps}
    for name, budget in (("digits-v2", 20), ("digits-v3", 40)):
        assert (trials[name]["finished"], trials[name]["charged"], trials[name]["running"]) == (budget, budget, 0)
        assert trials[name]["complete"] > 0


@pytest.mark.parametrize("goal", ["condition=Ended", "condition=MinimumSuccess"])
def test_a_script_can_wait(demo: str, kubectl: Kubectl, goal: str) -> None:
    said = kubectl("wait", f"--for={goal}", "hposweep/digits-v3", "-n", NAMESPACE, "--timeout=5s")
    assert "condition met" in said


def test_describe_tells_the_story(demo: str, kubectl: Kubectl) -> None:
    story = kubectl("describe", "hposweep", "digits-v3", "-n", NAMESPACE)
    for reason in ("Valid", "Connected", "BudgetReached", "AllCriteriaMet"):
        assert reason in story[story.index("Events:") :]


def test_the_wide_table_has_the_study_and_a_sentence(demo: str, kubectl: Kubectl) -> None:
    table = kubectl("get", "hpo", "-n", NAMESPACE, "-o", "wide")
    assert "hposweep-demo.digits-v3" in table
    assert "40 of 40 trials" in table


def test_explain_and_scale_answer(demo: str, kubectl: Kubectl) -> None:
    assert "It is never" in kubectl("explain", "hposweep.spec.trials")
    said = kubectl("scale", "hposweep", "digits-v3", "-n", NAMESPACE, "--replicas=4")
    assert "scaled" in said


def test_of_five_workers_of_the_gpu_overlay_four_run_on_four_gpus(demo: str, kubectl: Kubectl) -> None:
    rendered = yaml.safe_load_all(kubectl("kustomize", "examples/digits/overlays/gpu"))
    (sweep,) = (item for item in rendered if item["metadata"]["name"] == "digits-v3" and item["kind"] == "HPOSweep")
    workers = sweep["spec"]["workers"]
    (container,) = workers["template"]["spec"]["containers"]
    assert container["resources"]["limits"]["nvidia.com/gpu"] == 1
    assert workers["replicas"] == 4
    container["image"] = images()["trial"]
    workers["replicas"] = 5
    sweep["metadata"] |= {"name": "digits-gpu", "namespace": NAMESPACE}
    kubectl("apply", "-f", "-", stdin=json.dumps(sweep))

    def shows() -> tuple[int, str, str]:
        status = json.loads(kubectl("get", "hposweep", "digits-gpu", "-n", NAMESPACE, "-o", "json")).get("status", {})
        held = {entry["type"]: entry for entry in status.get("conditions", [])}
        ready = held.get("WorkersReady", {})
        return status.get("workers", {}).get("running", 0), ready.get("reason", ""), ready.get("message", "")

    try:
        until(shows, lambda seen: seen[:2] == (4, "Unschedulable"), seconds=240, what="four run and the fifth waits")
        assert "Insufficient nvidia.com/gpu" in shows()[2]
    finally:
        patch = '{"spec":{"stop":"Terminate"}}'
        kubectl("patch", "hposweep", "digits-gpu", "-n", NAMESPACE, "--type=merge", "-p", patch)
        kubectl("wait", "--for=condition=Ended", "hposweep/digits-gpu", "-n", NAMESPACE, "--timeout=50s")


def test_the_workers_log_a_line_per_trial(demo: str, kubectl: Kubectl) -> None:
    said = kubectl("logs", "-n", NAMESPACE, "-l", "hposweep.dev/sweep=digits-v3", "--tail=-1", "--prefix=false")
    assert said.count(" starts") == 40
    assert "COMPLETE val_acc=" in said
