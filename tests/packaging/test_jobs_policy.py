"""The policy on authors of sweeps, by its own expressions. tests/contract asks a real API server and its authorizer."""

from __future__ import annotations

from typing import Any

import pytest
import yaml

from hposweep.schema.engine import compile as compile_cel
from tests import builders as b
from tests.packaging.checkout import MANIFESTS

Json = dict[str, Any]

POLICY = yaml.safe_load((MANIFESTS / "base" / "admission" / "jobs-policy.yaml").read_text())["spec"]
SPEC: Json = b.sweep()["spec"]


def is_refused(old: Json | None, new: Json, *, may_create_jobs: bool = False) -> bool:
    base = {
        "request": {"userInfo": {"username": "ada"}, "namespace": "vision"},
        "object": {"spec": new},
        "oldObject": None if old is None else {"spec": old},
    }
    (changes_the_spec,) = (item for item in POLICY["matchConditions"] if item["name"] == "changes-the-spec")
    if not compile_cel(changes_the_spec["expression"]).execute(base):
        return False
    variables: Json = {}
    for variable in POLICY["variables"]:
        if variable["name"] == "mayCreateJobs":
            variables["mayCreateJobs"] = may_create_jobs
        else:
            program = compile_cel(variable["expression"])
            variables[variable["name"]] = program.execute({**base, "variables": variables})
    context = {**base, "variables": variables}
    (validation,) = POLICY["validations"]
    message = compile_cel(validation["messageExpression"]).execute(context)
    assert "user `ada` without it in namespace `vision`" in message
    return not compile_cel(validation["expression"]).execute(context)


def test_an_author_needs_the_permission_to_create_jobs() -> None:
    assert is_refused(None, SPEC)
    assert not is_refused(None, SPEC, may_create_jobs=True)


def test_a_change_of_metadata_needs_none() -> None:
    assert not is_refused(SPEC, SPEC)


@pytest.mark.parametrize(
    "change",
    [
        {"approval": {"granted": True, "by": "ada"}},
        {"answers": [{"decision": "mid", "answer": "Stop"}]},
        {"stop": "Drain"},
        {"suspend": True},
    ],
    ids=str,
)
def test_a_decision_about_a_sweep_needs_none(change: Json) -> None:
    assert not is_refused(SPEC, SPEC | change)
    assert not is_refused(SPEC | change, SPEC)


@pytest.mark.parametrize(
    "change",
    [
        {"preflight": {"commands": [["sh", "-c", "id"]]}},
        {"workers": {"replicas": 64, "template": b.pod_template()}},
        {"trials": {"max": 10_000}},
        {"stop": "Drain", "trials": {"max": 11}},
    ],
    ids=str,
)
def test_any_other_change_needs_it(change: Json) -> None:
    assert is_refused(SPEC, SPEC | change)
    assert is_refused(SPEC | change, SPEC)
    assert not is_refused(SPEC, SPEC | change, may_create_jobs=True)


def test_only_the_sweep_itself_is_matched() -> None:
    (rule,) = POLICY["matchConstraints"]["resourceRules"]
    assert rule["resources"] == ["hposweeps"], "status and scale are written by others than authors"
    assert rule["operations"] == ["CREATE", "UPDATE"]
