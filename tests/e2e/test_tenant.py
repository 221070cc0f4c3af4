"""A user who may only write sweeps reaches nothing else: no Secret, no other service account, no file of a node."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from tests.builders import changed
from tests.e2e.patience import stays
from tests.e2e.place import Place, make_secret

Json = dict[str, Any]

EDITOR, AUTHOR = "ed", "arthur"  # the first may write sweeps only, the second may create Jobs as well
ACCOUNT, SECRET = "ci-deployer", "another"
POD = "spec.workers.template.spec"


@pytest.fixture(scope="module")
def tenant(new_place: Callable[[], Any]) -> Iterator[Place]:
    """Return a namespace with another service account, another Secret, and both users."""
    with new_place() as place:
        make_secret(place.server, place.name, SECRET, token="not for them")
        place("create", "serviceaccount", ACCOUNT)
        place("create", "role", "jobs", "--verb=create", "--resource=jobs.batch")
        place("create", "rolebinding", "jobs", f"--user={AUTHOR}", "--role=jobs")
        for user in (EDITOR, AUTHOR):
            place("create", "rolebinding", user, f"--user={user}", "--clusterrole=hposweep-editor")
        yield place


def words(place: Place, user: str) -> tuple[str, ...]:
    return ("create", "-n", place.name, "--as", user, "-f", "-")


def test_an_editor_alone_creates_no_sweep(tenant: Place) -> None:
    container = f"{POD}.containers.0"
    key = {"secretKeyRef": {"name": SECRET, "key": "token"}}
    body = changed(tenant.sweep("of-an-editor"), f"{container}.env", [{"name": "TOKEN", "valueFrom": key}])
    refusal = tenant.kubectl.refusal(*words(tenant, EDITOR), stdin=json.dumps(body))
    assert "jobs.hposweep.dev" in refusal
    assert f"got user `{EDITOR}` without it in namespace `{tenant.name}`" in refusal


@pytest.mark.parametrize(
    ("name", "field", "value", "setting"),
    [
        ("account", f"{POD}.serviceAccountName", ACCOUNT, "HPOSWEEP_ALLOWED_SERVICE_ACCOUNTS"),
        ("path", f"{POD}.volumes", [{"name": "root", "hostPath": {"path": "/"}}], "HPOSWEEP_ALLOWED_POD_FIELDS"),
        ("node", f"{POD}.hostNetwork", True, "HPOSWEEP_ALLOWED_POD_FIELDS"),
    ],
)
def test_an_author_gets_nothing_of_the_node_and_no_identity(
    tenant: Place, name: str, field: str, value: Any, setting: str
) -> None:
    body = changed(tenant.sweep(name), field, value)
    tenant.kubectl(*words(tenant, AUTHOR), stdin=json.dumps(body))
    condition = tenant.until_condition(name, "Accepted", "False", reason="TemplateNotAllowed")
    assert f"`{field}" in condition["message"]
    assert setting in condition["message"]
    stays(
        lambda: (tenant.jobs(name), tenant.pods(name)),
        lambda now: now == ([], []),
        seconds=5,
        what="no Job and no pod exists",
    )


def test_the_sweep_of_an_author_runs(tenant: Place) -> None:
    tenant.kubectl(*words(tenant, AUTHOR), stdin=json.dumps(tenant.sweep("plain", most=2)))
    tenant.until_condition("plain", "Complete", reason="BudgetReached")
