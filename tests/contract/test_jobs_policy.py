"""The policy on authors of sweeps, on a real API server: who may create no Jobs may create and change no sweep."""

from __future__ import annotations

import json
import time
from collections.abc import Callable
from typing import Any

import pytest

from tests.builders import sweep, workers
from tests.contract.apiserver import MERGE_PATCH, ApiServer, RefusedError, Sweeps
from tests.contract.kubectl import Kubectl
from tests.packaging.checkout import MANIFESTS

Json = dict[str, Any]

READY_SECONDS = 120
EDITOR, AUTHOR = "edith", "arthur"  # the first may write sweeps only, the second Jobs as well
WRITER = "stan"  # may write statuses, as the operator does
JOBS, STATUS = "authors-of-jobs", "writers-of-statuses"
POLICY = "/apis/admissionregistration.k8s.io/v1/validatingadmissionpolicies/jobs.hposweep.dev"
SENTENCE = "a sweep creates Jobs, so that its author needs the permission to create them"


def paused(name: str, **spec: Any) -> Json:
    return sweep(name, workers=workers(0), **spec)


@pytest.fixture(scope="module")
def policy(kubectl: Kubectl, namespace: str) -> None:
    """Apply the policy and the users' roles, and wait until the API server uses the policy."""
    kubectl("apply", "--server-side", "--force-conflicts", "-k", str(MANIFESTS / "base" / "admission"))
    editor = str(MANIFESTS / "base" / "rbac" / "editor.yaml")
    kubectl("apply", "--server-side", "--force-conflicts", "-f", editor)
    kubectl("create", "role", JOBS, "-n", namespace, "--verb=create", "--resource=jobs.batch")
    for user in (EDITOR, AUTHOR):
        kubectl("create", "rolebinding", user, "-n", namespace, f"--user={user}", "--clusterrole=hposweep-editor")
    kubectl("create", "rolebinding", JOBS, "-n", namespace, f"--user={AUTHOR}", f"--role={JOBS}")
    statuses = ("--verb=get,patch", "--resource=hposweeps.hposweep.dev,hposweeps.hposweep.dev/status")
    kubectl("create", "role", STATUS, "-n", namespace, *statuses)
    kubectl("create", "rolebinding", STATUS, "-n", namespace, f"--user={WRITER}", f"--role={STATUS}")
    deadline = time.monotonic() + READY_SECONDS
    while time.monotonic() < deadline:
        if SENTENCE in _output(kubectl, namespace, EDITOR, paused("probe")):
            return
        time.sleep(0.2)
    pytest.fail(f"the policy is not in use after {READY_SECONDS} s")


def _output(kubectl: Kubectl, namespace: str, user: str, body: Json) -> str:
    """Return the refusal of a dry run, or an empty text."""
    words = ("create", "-n", namespace, "--as", user, "--dry-run=server", "-f", "-")
    body = body | {"metadata": body["metadata"] | {"namespace": namespace}}
    try:
        kubectl(*words, stdin=json.dumps(body))
    except AssertionError as refusal:
        return str(refusal)
    return ""


@pytest.fixture
def stored(policy: None, sweeps: Sweeps, request: pytest.FixtureRequest) -> str:
    name = f"j{abs(hash(request.node.name)) % 10**8}"
    sweeps.create(paused(name, approval={"required": True}))
    return name


@pytest.fixture
def patch(namespace: str, stored: str) -> Callable[..., tuple[str, ...]]:
    """Return the words of a patch of the stored sweep by a user."""

    def words(user: str, body: Json, *more: str) -> tuple[str, ...]:
        patch = ("--type", "merge", "-p", json.dumps(body))
        return ("patch", "hposweep", stored, "-n", namespace, "--as", user, *patch, *more)

    return words


def test_an_editor_of_sweeps_alone_creates_none(policy: None, kubectl: Kubectl, namespace: str) -> None:
    refusal = _output(kubectl, namespace, EDITOR, paused("mine"))
    assert "jobs.hposweep.dev" in refusal
    assert f"got user `{EDITOR}` without it in namespace `{namespace}`" in refusal


def test_a_user_who_may_create_jobs_creates_sweeps(policy: None, kubectl: Kubectl, namespace: str) -> None:
    assert _output(kubectl, namespace, AUTHOR, paused("mine")) == ""


def test_a_role_in_another_namespace_does_not_count(
    policy: None, server: ApiServer, kubectl: Kubectl, namespace: str
) -> None:
    other = f"{namespace}-other"
    server.send("POST", "/api/v1/namespaces", {"metadata": {"name": other}})
    try:
        binding = ("create", "rolebinding", AUTHOR, "-n", other, f"--user={AUTHOR}", "--clusterrole=hposweep-editor")
        kubectl(*binding)
        assert f"in namespace `{other}`" in _output(kubectl, other, AUTHOR, paused("mine"))
    finally:
        server.send("DELETE", f"/api/v1/namespaces/{other}")


@pytest.mark.parametrize(
    "spec",
    [
        {"approval": {"required": True, "granted": True, "by": EDITOR}},
        {"answers": [{"decision": "mid", "answer": "Stop", "by": EDITOR}]},
        {"suspend": True},
        {"stop": "Drain"},
    ],
    ids=str,
)
def test_an_editor_decides_about_the_sweep_of_another(kubectl: Kubectl, patch: Any, spec: Json) -> None:
    kubectl(*patch(EDITOR, {"spec": spec}))


@pytest.mark.parametrize(
    "spec",
    [{"trials": {"max": 11}}, {"workers": {"replicas": 3}}, {"preflight": {"commands": [["sh", "-c", "id"]]}}],
    ids=str,
)
def test_an_editor_changes_nothing_else(kubectl: Kubectl, patch: Any, spec: Json) -> None:
    assert SENTENCE in kubectl.refusal(*patch(EDITOR, {"spec": spec}))
    kubectl(*patch(AUTHOR, {"spec": spec}, "--dry-run=server"))


def test_changes_of_metadata_pass(kubectl: Kubectl, patch: Any) -> None:
    kubectl(*patch(EDITOR, {"metadata": {"labels": {"team": "ml"}, "finalizers": ["hposweep.dev/study"]}}))
    kubectl(*patch(EDITOR, {"metadata": {"finalizers": None}}))


def test_the_status_and_the_size_are_not_matched(kubectl: Kubectl, patch: Any, namespace: str, stored: str) -> None:
    kubectl("scale", "hposweep", stored, "-n", namespace, "--as", EDITOR, "--replicas=0")
    kubectl(*patch(WRITER, {"status": {"message": "of a writer of statuses"}}, "--subresource=status"))


def test_a_trusted_user_needs_no_permission(policy: None, server: ApiServer, kubectl: Kubectl, namespace: str) -> None:
    conditions = server.send("GET", POLICY)["spec"]["matchConditions"]
    trusting = [{**conditions[0], "expression": f"!(request.userInfo.username in ['{EDITOR}'])"}, *conditions[1:]]
    server.send("PATCH", POLICY, {"spec": {"matchConditions": trusting}}, content_type=MERGE_PATCH)
    try:
        deadline = time.monotonic() + READY_SECONDS
        while (refusal := _output(kubectl, namespace, EDITOR, paused("trusted"))) and time.monotonic() < deadline:
            time.sleep(0.2)
        assert refusal == ""
    finally:
        server.send("PATCH", POLICY, {"spec": {"matchConditions": conditions}}, content_type=MERGE_PATCH)


def test_the_policy_has_no_warning_of_its_types(policy: None, server: ApiServer) -> None:
    deadline = time.monotonic() + READY_SECONDS
    status: Json = {}
    while time.monotonic() < deadline and "observedGeneration" not in status:
        status = server.send("GET", POLICY).get("status", {})
        time.sleep(0.2)
    assert status.get("typeChecking", {}).get("expressionWarnings") is None, json.dumps(status)


def test_an_administrator_creates_a_sweep(policy: None, sweeps: Sweeps) -> None:
    try:
        sweeps.create(paused("of-the-admin"), dry_run=True)
    except RefusedError as refusal:
        pytest.fail(refusal.message)
