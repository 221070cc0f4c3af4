"""The admission policy by its own expressions: whose name a user may write. tests/contract asks a real API server."""

from __future__ import annotations

from typing import Any

import pytest
import yaml

from hposweep.schema.engine import compile as compile_cel
from tests.packaging.checkout import MANIFESTS

Json = dict[str, Any]

POLICY = yaml.safe_load((MANIFESTS / "base" / "admission" / "policy.yaml").read_text())["spec"]
NO_GRANT = {"required": True, "granted": False, "digest": "", "by": "", "reason": ""}
OF_ADA = NO_GRANT | {"granted": True, "by": "ada", "reason": "cheap"}
ANSWER = {"question": "ready?", "answer": "Approve", "by": "ada", "reason": ""}


def refusals(user: str, old: Json | None, **spec: Any) -> list[str]:
    """Return the sentences with which the policy refuses a change of the spec by a user."""
    base = {
        "request": {"userInfo": {"username": user}},
        "object": {"spec": spec},
        "oldObject": None if old is None else {"spec": old},
    }
    variables: Json = {}
    for variable in POLICY["variables"]:
        program = compile_cel(variable["expression"])
        variables[variable["name"]] = program.execute({**base, "variables": variables})
    context = {**base, "variables": variables}
    failed = [item for item in POLICY["validations"] if not compile_cel(item["expression"]).execute(context)]
    return [str(compile_cel(item["messageExpression"]).execute(context)) for item in failed]


def approval(user: str, before: Json | None, after: Json) -> list[str]:
    return refusals(user, None if before is None else {"approval": before}, approval=after)


@pytest.mark.parametrize(
    ("user", "before", "after"),
    [
        ("ada", NO_GRANT, OF_ADA),
        ("ada", None, OF_ADA),
        ("eve", None, NO_GRANT),
        ("eve", OF_ADA, OF_ADA),
        ("eve", OF_ADA, OF_ADA | {"required": False}),
        ("eve", OF_ADA, OF_ADA | {"granted": False, "by": "eve"}),
        ("eve", OF_ADA, NO_GRANT),
    ],
)
def test_a_user_writes_the_own_name_or_leaves_the_grant(user: str, before: Json | None, after: Json) -> None:
    assert approval(user, before, after) == []


@pytest.mark.parametrize(
    ("user", "before", "after"),
    [
        ("eve", NO_GRANT, OF_ADA),
        ("eve", None, OF_ADA),
        ("eve", NO_GRANT, OF_ADA | {"by": ""}),
        ("eve", NO_GRANT, NO_GRANT | {"by": "ada"}),
        ("eve", OF_ADA, OF_ADA | {"reason": "she said so"}),
        ("eve", OF_ADA, OF_ADA | {"digest": "abc"}),
        ("eve", OF_ADA, OF_ADA | {"granted": False}),
    ],
)
def test_another_name_is_refused(user: str, before: Json | None, after: Json) -> None:
    (sentence,) = approval(user, before, after)
    assert sentence == f"`spec.approval.by`: must be your user name (got `{after['by']}`; allowed: `eve`)"


def test_a_sweep_without_the_fields_passes() -> None:
    assert refusals("eve", None) == []
    assert refusals("eve", {}) == []
    assert approval("eve", {}, OF_ADA) != []


@pytest.mark.parametrize(
    ("before", "after", "is_refused"),
    [
        ([], [ANSWER], True),
        ([ANSWER], [ANSWER], False),
        ([ANSWER], [ANSWER, ANSWER | {"by": "eve"}], False),
        ([ANSWER], [ANSWER | {"answer": "Reject"}], True),
        ([], [ANSWER | {"by": ""}], False),
        ([ANSWER], [], False),
    ],
)
def test_a_new_answer_has_the_own_name_or_none(before: list[Json], after: list[Json], is_refused: bool) -> None:
    assert bool(refusals("eve", {"answers": before}, answers=after)) is is_refused
