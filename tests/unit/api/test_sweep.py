"""A sweep as the API server shows it."""

from __future__ import annotations

from typing import Any

import pytest

from hposweep.api.sweep import Sweep
from hposweep.schema.crd import schema
from hposweep.schema.defaults import with_defaults
from tests import builders


@pytest.mark.parametrize(
    ("metadata", "labels"), [({}, {}), ({"labels": None}, {}), ({"labels": {"team": "vision"}}, {"team": "vision"})]
)
def test_the_labels_of_an_object_are_optional(metadata: dict[str, Any], labels: dict[str, str]) -> None:
    body = builders.sweep()
    body["metadata"] |= {"uid": "1", "generation": 1, **metadata}
    body["spec"] = with_defaults(body["spec"], schema()["properties"]["spec"])
    assert Sweep.from_object(body).labels == labels
