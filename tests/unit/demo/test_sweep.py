"""What the demo says of a sweep that waits."""

from __future__ import annotations

from demo.sweep import wait_reason


def condition(status: str) -> dict[str, str]:
    return {"type": "WorkersReady", "status": status, "message": "0 of 2 workers running: 2 node(s) had disk pressure"}


def test_it_says_why_workers_do_not_run() -> None:
    assert wait_reason({"conditions": [condition("False")]}) == "0 of 2 workers running: 2 node(s) had disk pressure"


def test_it_says_nothing_while_they_do() -> None:
    assert wait_reason({"conditions": [condition("True")]}) == ""
    assert wait_reason({}) == ""
