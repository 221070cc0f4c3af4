"""Which ends of a pod are nobody's fault, and which doom every worker."""

from __future__ import annotations

import pytest

from hposweep.plan.failure_policy import pod_failure_policy
from hpotrial import protocol


def action(exit_code: int) -> str | None:
    rules = (
        rule for rule in pod_failure_policy()["rules"] if exit_code in rule.get("onExitCodes", {}).get("values", ())
    )
    return next((rule["action"] for rule in rules), None)


def test_disruptions_are_ignored_before_anything_else() -> None:
    first = pod_failure_policy()["rules"][0]
    assert first == {"action": "Ignore", "onPodConditions": [{"type": "DisruptionTarget", "status": "True"}]}


@pytest.mark.parametrize(
    ("exit_code", "expected"),
    [
        (protocol.EXIT_INTERRUPTED, "Ignore"),
        (protocol.EXIT_INVALID_CONFIG, "FailJob"),
        (protocol.EXIT_FENCED, "FailJob"),
        (protocol.EXIT_STORAGE_LOST, None),
        (137, None),
        (1, None),
    ],
)
def test_an_exit_code_decides(exit_code: int, expected: str | None) -> None:
    assert action(exit_code) == expected
