"""Scale, status and printer columns: the parts of the resource that programs and `kubectl get` live on."""

from __future__ import annotations

from typing import Any

import pytest

from tests.builders import pod_template, sweep
from tests.contract.apiserver import TABLE, RefusedError, Sweeps

Json = dict[str, Any]

NAME = "digits"
STATUS: Json = {
    "observedGeneration": 1,
    "state": "Running",
    "message": "3 of 10 trials, best score 0.9 (trial 2)",
    "progress": "3/10",
    "study": {"name": "default.digits", "id": 7},
    "startTime": "2026-01-01T00:00:00Z",
    "trials": {
        "max": 10,
        "finished": 3,
        "complete": 2,
        "pruned": 1,
        "failed": 1,
        "running": 2,
        "waiting": 0,
        "charged": 6,
    },
    "best": {"trial": 2, "value": 0.9, "values": {"score": 0.9}, "params": {"x": 1.5, "net": "cnn"}},
    "workers": {"desired": 2, "running": 2, "pending": 0},
    "replicas": 2,
    "eta": {"seconds": 7800, "lowSeconds": 6900, "highSeconds": 9100, "brief": "2h10m"},
    "selector": "hposweep.dev/sweep=digits",
    "history": {
        "count": 21,
        "spec": {"stop": "None", "trials.max": "10"},
        "images": ["sha256:0123"],
        "entries": [
            {
                "number": 21,
                "time": "2026-01-01T00:00:00Z",
                "kind": "Spec",
                "actor": "kubectl-patch",
                "message": "`spec.trials.max`: 5 → 10",
                "trials": 3,
                "numbers": {"generation": 2},
            }
        ],
    },
    "success": [
        {
            "tier": "minimum",
            "outcome": "Unknown",
            "criteria": [{"criterion": "bestValue", "outcome": "True", "value": 0.9, "threshold": 0.8, "margin": 0.1}],
        }
    ],
}


def _only(written: Json, wanted: Json) -> Json:
    """Return what was written without the keys that an operator of this cluster may have added beside it."""
    return {
        key: _only(written[key], value) if isinstance(value, dict) else written[key] for key, value in wanted.items()
    }


def condition(kind: str, status: str) -> Json:
    return {
        "type": kind,
        "status": status,
        "observedGeneration": 1,
        "reason": "ForATest",
        "message": "a sentence",
        "lastTransitionTime": "2026-01-01T00:00:00Z",
    }


@pytest.fixture(scope="module")
def stored(sweeps: Sweeps) -> Sweeps:
    sweeps.create(sweep(NAME, workers={"replicas": 0, "template": pod_template()}))
    return sweeps


def test_scale_reads_and_writes_the_number_of_workers(stored: Sweeps) -> None:
    assert stored.scale(NAME, 3, dry_run=True)["spec"]["replicas"] == 3
    assert stored.server.send("GET", f"{stored.path}/{NAME}/scale")["spec"] == {}  # 0 is left out by the server


def test_scale_is_bounded_like_the_field(stored: Sweeps) -> None:
    with pytest.raises(RefusedError, match=r"spec\.workers\.replicas.*less than or equal to 1000"):
        stored.scale(NAME, 1001, dry_run=True)


def test_a_whole_status_is_stored_as_written(stored: Sweeps) -> None:
    written = stored.apply_status(NAME, STATUS, manager="test", dry_run=True)["status"]
    assert _only(written, STATUS) == STATUS


def test_the_status_cannot_be_written_with_the_spec(stored: Sweeps) -> None:
    created = stored.create(sweep("other") | {"status": STATUS}, dry_run=True)
    assert "status" not in created


def test_the_spec_cannot_be_written_with_the_status(stored: Sweeps) -> None:
    before = stored.read(NAME)["metadata"]["generation"]
    answer = stored.apply_status(NAME, {"progress": "0/10"}, manager="test", dry_run=True)
    assert answer["metadata"]["generation"] == before


def test_an_unknown_state_is_refused(stored: Sweeps) -> None:
    with pytest.raises(RefusedError, match=r"status\.state.*supported values.*Running"):
        stored.apply_status(NAME, {"state": "Jogging"}, manager="test", dry_run=True)


def test_conditions_of_two_managers_live_side_by_side(stored: Sweeps) -> None:
    stored.apply_status(NAME, {"conditions": [condition("SeenByAudit", "True")]}, manager="audit")
    stored.apply_status(NAME, {"conditions": [condition("SeenByOther", "True")]}, manager="other")
    stored.apply_status(NAME, {"conditions": [condition("SeenByOther", "False")]}, manager="other")
    assert _conditions(stored.read(NAME)) >= {("SeenByAudit", "True"), ("SeenByOther", "False")}
    stored.apply_status(NAME, {}, manager="other")
    left = _conditions(stored.read(NAME))
    assert ("SeenByAudit", "True") in left
    assert not any(kind == "SeenByOther" for kind, _ in left)


def test_a_condition_without_a_reason_is_refused(stored: Sweeps) -> None:
    bad = condition("WrittenByNobodyElse", "True")
    del bad["reason"]
    with pytest.raises(RefusedError, match=r"status\.conditions\[\d+\]\.reason: Required value"):
        stored.apply_status(NAME, {"conditions": [bad]}, manager="test", dry_run=True)


def test_the_columns_tell_the_story_in_one_line(stored: Sweeps) -> None:
    healthy = condition("Healthy", "False")  # its own, because no operator has to run here
    status = {**STATUS, "verdict": "minimum", "conditions": [healthy]}
    table = stored.apply_status(NAME, status, manager="test", dry_run=True, accept=TABLE)
    row = dict(zip([c["name"] for c in table["columnDefinitions"]], table["rows"][0]["cells"], strict=True))
    row.pop("Age")
    assert row == {
        "Name": NAME,
        "State": "Running",
        "Verdict": "minimum",
        "Health": healthy["reason"],
        "Progress": "3/10",
        "Running": 2,
        "Failed": 1,
        "Best": 0.9,
        "Workers": 2,
        "ETA": "2h10m",
        "Study": "default.digits",
        "Message": "3 of 10 trials, best score 0.9 (trial 2)",
    }
    wide = {c["name"] for c in table["columnDefinitions"] if c["priority"] > 0}
    assert wide == {"Study", "Message"}


def _conditions(resource: Json) -> set[tuple[str, str]]:
    return {(c["type"], c["status"]) for c in resource["status"].get("conditions", [])}
