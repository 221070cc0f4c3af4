"""The person beside the checklist's sweep approves what was asked, once, and scales once."""

from __future__ import annotations

import json
from typing import Any

import pytest

from demo.checklist import run
from demo.checklist.evidence import Evidence


@pytest.fixture
def calls(monkeypatch: pytest.MonkeyPatch) -> list[tuple[str, ...]]:
    """Every call of kubectl that writes."""
    written: list[tuple[str, ...]] = []

    def kubectl(*arguments: str, stdin: str | None = None) -> str:
        if arguments[0] == "auth":
            return json.dumps({"status": {"userInfo": {"username": "ada"}}})
        if arguments[0] in ("patch", "scale"):
            written.append(arguments)
        return 'hposweep_trials{namespace="n",hposweep="x",state="running"} 2\n' if arguments[0] == "get" else ""

    monkeypatch.setattr(run, "kubectl", kubectl)
    return written


def sweep(*, digest: str = "", approved: str = "Waiting", ready: str = "Unknown") -> dict[str, Any]:
    conditions = [
        {"type": "Approved", "status": "False", "reason": approved, "message": "a person must approve"},
        {"type": "WorkersReady", "status": ready, "reason": "Running", "message": ""},
    ]
    return {
        "spec": {"approval": {"required": True, "digest": digest}},
        "status": {"approval": {"digest": "3f1c"}, "conditions": conditions},
    }


def test_a_question_is_answered_once_with_the_digest_that_was_read(calls: list[tuple[str, ...]]) -> None:
    attendant = run.Attendant(Evidence("n", "x"))
    attendant.look(sweep())
    attendant.look(sweep(digest="3f1c"))  # granted, and not seen by the operator yet
    (patch,) = calls
    grant = json.loads(patch[-1])["spec"]["approval"]
    assert grant == {"granted": True, "digest": "3f1c", "by": "ada", "reason": run.REASON}


def test_a_revoked_approval_is_left_to_people(calls: list[tuple[str, ...]]) -> None:
    run.Attendant(Evidence("n", "x")).look(sweep(approved="Revoked"))
    assert calls == []


def test_the_sweep_is_scaled_once_when_its_workers_run(calls: list[tuple[str, ...]]) -> None:
    attendant = run.Attendant(Evidence("n", "x"))
    for ready in ("False", "True", "True"):
        attendant.look(sweep(approved="Granted", ready=ready))
    assert [call[:3] for call in calls] == [("scale", "hposweep", run.NAME)]


def test_what_it_looks_at_is_evidence(calls: list[tuple[str, ...]]) -> None:
    evidence = Evidence("n", "x")
    run.Attendant(evidence).look(sweep(approved="Granted"))
    assert [body["status"]["approval"]["digest"] for body in evidence.bodies] == ["3f1c"]
    assert evidence.samples == {"hposweep_trials": "2 (state=running)"}
