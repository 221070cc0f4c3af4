"""What the demo says of a sweep that waits."""

from __future__ import annotations

from demo.sweep import COLUMNS, row, wait_reason
from demo.verdict import command_lines


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


def test_a_command_and_its_purpose_fit_the_terminal() -> None:
    assert command_lines("kubectl get x", "look", 120) == (f"  {'kubectl get x':<75} # look",)
    assert command_lines("kubectl get x", "look", 60) == ("  # look", "  kubectl get x")
