"""The roles: exactly what is used, in an order in which a change is seen, and no more than a person may have."""

from __future__ import annotations

from typing import Any

import pytest
import yaml

from tests.packaging.checkout import MANIFESTS, OPERATOR_ROLE

Rule = dict[str, Any]

RBAC = MANIFESTS / "base" / "rbac"
PEOPLE = [RBAC / "admin.yaml", RBAC / "editor.yaml", RBAC / "viewer.yaml"]
ROLES = [OPERATOR_ROLE, *PEOPLE]

# Reviewed by hand: whoever adds a verb adds it here too, and says in the change which call needs it.
OPERATOR_VERBS = {
    ("", "configmaps"): {"create", "get"},  # the results of an analysis, which are never changed
    ("", "events"): {"create", "list", "patch"},
    ("", "namespaces"): {"get"},  # of `kube-system` only: its uid names the cluster
    ("", "pods"): {"delete", "list", "watch"},
    ("", "pods/status"): {"patch"},  # with `delete`: a pod whose node does not answer is failed, then deleted
    ("", "secrets"): {"get"},
    ("batch", "jobs"): {"create", "list", "patch", "watch"},
    ("hposweep.dev", "hposweeps"): {"get", "list", "patch", "watch"},
    ("hposweep.dev", "hposweeps/status"): {"patch"},
}


def _rules(path: Any) -> list[Rule]:
    return list(yaml.safe_load(path.read_text())["rules"])


def test_the_operator_has_exactly_these_verbs() -> None:
    granted = {
        (group, resource): set(rule["verbs"])
        for rule in _rules(OPERATOR_ROLE)
        for group in rule["apiGroups"]
        for resource in rule["resources"]
    }
    assert granted == OPERATOR_VERBS


def test_the_operator_reads_one_namespace_only() -> None:
    (rule,) = (rule for rule in _rules(OPERATOR_ROLE) if "namespaces" in rule["resources"])
    assert rule["resourceNames"] == ["kube-system"]
    assert all("resourceNames" not in other for other in _rules(OPERATOR_ROLE) if other != rule)


@pytest.mark.parametrize("path", ROLES, ids=lambda path: path.stem)
def test_rules_are_in_alphabetical_order_and_name_what_they_mean(path: Any) -> None:
    rules = _rules(path)
    keys = [(rule["apiGroups"], rule["resources"]) for rule in rules]
    assert keys == sorted(keys)
    for rule in rules:
        words = rule["apiGroups"] + rule["resources"] + rule["verbs"]
        assert "*" not in words
        assert rule["verbs"] == sorted(rule["verbs"])
        # A group carries no version: `batch/v1` would match nothing.
        assert not any("/" in group for group in rule["apiGroups"])


def test_a_viewer_only_looks() -> None:
    verbs = {verb for rule in _rules(RBAC / "viewer.yaml") for verb in rule["verbs"]}
    assert verbs == {"get", "list", "watch"}


@pytest.mark.parametrize("path", PEOPLE, ids=lambda path: path.stem)
def test_no_person_writes_the_status(path: Any) -> None:
    (verbs,) = (rule["verbs"] for rule in _rules(path) if "hposweeps/status" in rule["resources"])
    assert verbs == ["get"]


def test_an_admin_may_what_an_editor_may_and_delete_all_sweeps_at_once() -> None:
    admin, editor = (
        {_key(rule): set(rule["verbs"]) for rule in _rules(RBAC / f"{name}.yaml")} for name in ("admin", "editor")
    )
    assert admin.keys() == editor.keys()
    more = {key: admin[key] - editor[key] for key in admin if admin[key] != editor[key]}
    assert more == {(("hposweep.dev",), ("hposweeps",)): {"deletecollection"}}


def _key(rule: Rule) -> tuple[tuple[str, ...], tuple[str, ...]]:
    return tuple(rule["apiGroups"]), tuple(rule["resources"])
