"""Approval on a real API server: its fields, who may grant, and whose name they may write."""

from __future__ import annotations

import json
import time
from collections.abc import Callable
from typing import Any

import pytest

from tests.builders import categorical_parameter, pod_template, sweep
from tests.contract.apiserver import ApiServer, RefusedError, Sweeps
from tests.contract.conftest import ROOT
from tests.contract.kubectl import Kubectl
from tests.packaging.checkout import MANIFESTS

Json = dict[str, Any]

QUESTION = "ready for production?"
READY_SECONDS = 120
EDITOR, VIEWER, OTHER = "ada", "vic", "eve"


def waiting(name: str, **spec: Any) -> Json:
    blocks = {
        "searchSpace": [categorical_parameter("kind", "a", "b")],
        "workers": {"replicas": 0, "template": pod_template()},
        "approval": {"required": True},
    }
    return sweep(name, **(blocks | spec))


@pytest.fixture(scope="module")
def policy(server: ApiServer, kubectl: Kubectl, namespace: str) -> None:
    """Apply the policy and the roles of the manifests, and wait until the API server uses the policy."""
    kubectl("apply", "--server-side", "--force-conflicts", "-k", str(MANIFESTS / "base" / "admission"))
    for role in ("editor", "viewer"):
        path = str(MANIFESTS / "base" / "rbac" / f"{role}.yaml")
        kubectl("apply", "--server-side", "--force-conflicts", "-f", path)
    for user, role in ((EDITOR, "editor"), (OTHER, "editor"), (VIEWER, "viewer")):
        kubectl(
            "create", "rolebinding", user, "-n", namespace, f"--user={user}", f"--clusterrole=hposweep-{role}"
        )  # fmt: skip
    kubectl("create", "role", "jobs", "-n", namespace, "--verb=create", "--resource=jobs.batch")
    kubectl("create", "rolebinding", "jobs", "-n", namespace, f"--user={EDITOR}", f"--user={OTHER}", "--role=jobs")
    sweeps = Sweeps(server, namespace)
    deadline = time.monotonic() + READY_SECONDS
    while time.monotonic() < deadline:
        try:
            sweeps.create(waiting("probe", approval={"required": True, "granted": True, "by": OTHER}), dry_run=True)
        except RefusedError:
            break
        time.sleep(0.2)
    else:
        pytest.fail(f"the policy is not in use after {READY_SECONDS} s")
    return


@pytest.fixture
def stored(policy: None, sweeps: Sweeps, request: pytest.FixtureRequest) -> str:
    name = f"a{abs(hash(request.node.name)) % 10**8}"
    sweeps.create(waiting(name))
    return name


@pytest.fixture
def patch(kubectl: Kubectl, namespace: str, stored: str) -> Callable[..., tuple[str, ...]]:
    """Return the words of a patch of the stored sweep by a user."""

    def words(user: str, **spec: Any) -> tuple[str, ...]:
        body = json.dumps({"spec": spec})
        return ("patch", "hposweep", stored, "-n", namespace, "--as", user, "--type", "merge", "-p", body)

    return words


def test_an_editor_grants_under_the_own_name(kubectl: Kubectl, patch: Any, sweeps: Sweeps, stored: str) -> None:
    kubectl(*patch(EDITOR, approval={"granted": True, "by": EDITOR, "reason": "cheap"}))
    assert sweeps.read(stored)["spec"]["approval"] == {
        "required": True, "granted": True, "digest": "", "by": EDITOR, "reason": "cheap",
    }  # fmt: skip


@pytest.mark.parametrize("by", [OTHER, ""])
def test_a_grant_under_another_name_or_none_is_refused(kubectl: Kubectl, patch: Any, by: str) -> None:
    refusal = kubectl.refusal(*patch(EDITOR, approval={"granted": True, "by": by}))
    assert f"`spec.approval.by`: must be your user name (got `{by}`; allowed: `{EDITOR}`)" in refusal


def test_a_viewer_grants_nothing(kubectl: Kubectl, patch: Any) -> None:
    refusal = kubectl.refusal(*patch(VIEWER, approval={"granted": True, "by": VIEWER}))
    assert "forbidden" in refusal.lower()
    assert f'User "{VIEWER}" cannot patch resource "hposweeps"' in refusal


def test_another_editor_may_change_the_rest_but_not_the_grant(kubectl: Kubectl, patch: Any) -> None:
    kubectl(*patch(EDITOR, approval={"granted": True, "by": EDITOR}))
    kubectl(*patch(OTHER, trials={"max": 20}))
    kubectl(*patch(OTHER, approval={"granted": True}))
    assert "must be your user name" in kubectl.refusal(*patch(OTHER, approval={"reason": "she said so"}))
    assert "must be your user name" in kubectl.refusal(*patch(OTHER, approval={"granted": False}))
    kubectl(*patch(OTHER, approval={"granted": False, "by": OTHER}))


def test_a_sweep_is_created_under_no_other_name(policy: None, sweeps: Sweeps) -> None:
    grant = {"required": True, "granted": True}
    with pytest.raises(RefusedError, match="must be your user name"):
        sweeps.create(waiting("forged", approval=grant | {"by": OTHER}), dry_run=True)
    sweeps.create(waiting("plain"), dry_run=True)


def test_a_new_answer_has_the_own_name_or_none(kubectl: Kubectl, patch: Any) -> None:
    tier = {"full": [{"approval": {"question": QUESTION}}]}
    mine = {"question": QUESTION, "answer": "Reject", "by": EDITOR, "reason": "not yet"}
    kubectl(*patch(EDITOR, success=tier, answers=[mine]))
    forged = mine | {"answer": "Approve"}
    assert "must be your user name in a new answer" in kubectl.refusal(*patch(OTHER, answers=[forged]))
    kubectl(*patch(OTHER, answers=[mine, mine | {"by": OTHER, "answer": "Approve"}]))
    kubectl(*patch(OTHER, answers=[{"question": QUESTION, "answer": "Approve"}]))


@pytest.mark.parametrize(
    ("answer", "words"),
    [
        ({"question": QUESTION, "answer": "Continue"}, "must be `Continue` or `Stop` for a `decision`"),
        ({"decision": "mid", "answer": "Approve"}, "must be `Continue` or `Stop` for a `decision`"),
        ({"answer": "Approve"}, "must have exactly one of `decision` and `question`"),
        ({"decision": "mid", "question": QUESTION, "answer": "Stop"}, "must have exactly one of"),
        ({"question": QUESTION, "answer": "Yes"}, "Unsupported value"),
    ],
)
def test_an_answer_fits_what_it_answers(sweeps: Sweeps, answer: Json, words: str) -> None:
    with pytest.raises(RefusedError) as refusal:
        sweeps.create(waiting("answers", answers=[answer]), dry_run=True)
    assert words in refusal.value.message


@pytest.mark.parametrize("digest", ["XYZ", "a b"])
def test_a_digest_has_hexadecimal_digits(sweeps: Sweeps, digest: str) -> None:
    with pytest.raises(RefusedError, match="must have digits and the letters a to f only"):
        sweeps.create(waiting("digest", approval={"required": True, "digest": digest}), dry_run=True)


def test_the_policy_has_no_warning_of_its_types(policy: None, server: ApiServer) -> None:
    path = "/apis/admissionregistration.k8s.io/v1/validatingadmissionpolicies/approval.hposweep.dev"
    deadline = time.monotonic() + READY_SECONDS
    status: Json = {}
    while time.monotonic() < deadline and "observedGeneration" not in status:
        status = server.send("GET", path).get("status", {})
        time.sleep(0.2)
    assert status.get("typeChecking", {}).get("expressionWarnings") is None, json.dumps(status)


def test_the_manifests_are_those_of_the_chart() -> None:
    assert (ROOT / "helm" / "manifests" / "admission").resolve() == (MANIFESTS / "base" / "admission").resolve()
