"""Many sweeps meet in one database that nobody has used before."""

from __future__ import annotations

import json

from hposweep.api import conditions as c
from tests.e2e.place import Place

STORAGE_PROBLEMS = (
    c.CONNECTION_FAILED,
    c.AUTHENTICATION_FAILED,
    c.INSUFFICIENT_RIGHTS,
    c.TLS_FAILED,
    c.SCHEMA_TOO_NEW,
    c.SCHEMA_TOO_OLD,
    c.TOO_FEW_CONNECTIONS,
    c.STUDY_MISMATCH,
    c.STUDY_OWNED_BY_ANOTHER,
)
SWEEPS = [f"neighbour-{number}" for number in range(8)]


def test_sweeps_that_come_at_once_make_the_schema_once_and_complain_about_nothing(place: Place) -> None:
    items = [place.sweep(name, replicas=0) for name in SWEEPS]
    place.kubectl("apply", "-f", "-", stdin=json.dumps({"apiVersion": "v1", "kind": "List", "items": items}))
    for name in SWEEPS:
        place.until_condition(name, "StorageReady", reason="Connected", seconds=20)
    assert place.database.studies() == sorted(place.study(name) for name in SWEEPS)
    events = [event for name in SWEEPS for event in place.events(name)]
    assert [event["message"] for event in events if event["reason"] in STORAGE_PROBLEMS] == []
