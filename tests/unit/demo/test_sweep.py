"""What the demo says of a sweep that waits."""

from __future__ import annotations

import re

import pytest

from demo import verdict
from demo.sweep import COLUMNS, row, wait_reason
from demo.verdict import command_lines
from hposweep.api.wire import to_wire
from tests.unit import world
from tests.unit.report.reading import told


def condition(status: str) -> dict[str, str]:
    return {"type": "WorkersReady", "status": status, "message": "0 of 2 workers running: 2 node(s) had disk pressure"}


def test_it_says_why_workers_do_not_run() -> None:
    assert wait_reason({"conditions": [condition("False")]}) == "0 of 2 workers running: 2 node(s) had disk pressure"


def test_it_says_nothing_while_they_do() -> None:
    assert wait_reason({"conditions": [condition("True")]}) == ""
    assert wait_reason({}) == ""


def test_its_rows_have_verdict_and_health_beside_the_state() -> None:
    healthy = {"type": "Healthy", "status": "False", "reason": "NoProgress", "message": ""}
    shown = row({"state": "Running", "verdict": "minimum", "progress": "3/9", "conditions": [healthy]})
    assert shown[:4] == ("Running", "minimum", "NoProgress", "3/9")
    assert row({})[:3] == ("Pending", "", "")
    healthy["reason"] = "Healthy"
    assert len(COLUMNS.format("0", *row({"state": "Running", "conditions": [healthy]}))) < 80


def test_it_ends_with_how_to_open_the_metrics(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    sweep = world.sweep()
    status = to_wire(told(sweep, world.seen(world.study(sweep, complete=10), jobs=(world.job(is_complete=True),))))
    monkeypatch.setattr(verdict, "kubectl", lambda *_: "")
    verdict.show("hposweep-demo", "digits", status)
    end = capsys.readouterr().out.partition("Try next:")[2]
    assert re.search(r"make observe +# metrics: a Prometheus and the boards, at http://127.0.0.1:8090/", end) or (
        "# metrics: a Prometheus and the boards, at http://127.0.0.1:8090/\n  make observe\n" in end
    )
    assert "kubectl port-forward -n hposweep-system service/hposweep-operator 8080" in end


def test_a_command_and_its_purpose_fit_the_terminal() -> None:
    assert command_lines("kubectl get x", "look", 120) == (f"  {'kubectl get x':<75} # look",)
    assert command_lines("kubectl get x", "look", 60) == ("  # look", "  kubectl get x")
