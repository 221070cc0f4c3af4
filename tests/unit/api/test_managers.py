"""Who changed the spec, by the managedFields of the API server; whatever they contain."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest

from hposweep.api.managers import FieldManager, actor, managers


def managed(manager: str, *fields: str, second: int = 0, **more: Any) -> dict[str, Any]:
    spec = {f"f:{name}": {} for name in fields}
    return {"manager": manager, "time": f"2026-01-01T00:00:{second:02}Z", "fieldsV1": {"f:spec": spec}, **more}


def test_the_owner_of_a_field_changed_it_and_the_latest_of_several() -> None:
    fields = managers(
        {
            "managedFields": [
                managed("helm", "trials", "stop", second=1),
                managed("kubectl-patch", "stop", second=2),
                managed("kubectl", "workers", second=3, subresource="scale"),
                managed("hposweep-operator", "trials", second=9, subresource="status"),
            ]
        }
    )
    assert [field.name for field in fields] == ["helm", "kubectl-patch", "kubectl"]
    assert actor(fields, {"stop"}) == "kubectl-patch"
    assert actor(fields, {"trials"}) == "helm"
    assert actor(fields, {"workers"}) == "kubectl"
    assert actor(fields, {"answers"}) == "kubectl", "a removed field has no owner: the latest change is the nearest"


def test_two_managers_of_the_same_second_are_both_named() -> None:
    fields = managers({"managedFields": [managed("a", "stop"), managed("b", "stop")]})
    assert actor(fields, {"stop"}) == "a, b"


def test_a_manager_without_time_is_the_earliest() -> None:
    (field,) = managers({"managedFields": [{"manager": "m", "fieldsV1": {"f:spec": {"f:stop": {}}}}]})
    assert field == FieldManager("m", frozenset({"stop"}), datetime.min.replace(tzinfo=UTC))


@pytest.mark.parametrize(
    "metadata",
    [
        {},
        {"managedFields": None},
        {"managedFields": "text"},
        {"managedFields": [1, None, {}, {"fieldsV1": 1}, {"fieldsV1": {"f:spec": 1}}]},
        {"managedFields": [managed("m", time=7) | {"fieldsV1": {"f:metadata": {}}}]},
    ],
)
def test_entries_that_say_nothing_of_the_spec_are_left_out(metadata: dict[str, Any]) -> None:
    assert managers(metadata) == ()
    assert actor((), {"stop"}) == "unknown"
