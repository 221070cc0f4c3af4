"""Rules in order, the first that matches."""

from __future__ import annotations

import pytest

from hposweep.cluster.local.failure_policy import COUNT, FAIL_JOB, IGNORE, PolicyDecision, decide

POLICY = {
    "rules": [
        {"action": IGNORE, "onPodConditions": [{"type": "DisruptionTarget"}]},
        {"action": IGNORE, "onExitCodes": {"containerName": "trial", "operator": "In", "values": [143]}},
        {"action": FAIL_JOB, "onExitCodes": {"containerName": "side", "operator": "In", "values": [1]}},
        {"action": FAIL_JOB, "onExitCodes": {"operator": "NotIn", "values": [1, 137]}},
    ]
}


@pytest.mark.parametrize(
    ("code", "expected"),
    [
        (143, PolicyDecision(IGNORE, 1)),
        (1, PolicyDecision(COUNT)),
        (137, PolicyDecision(COUNT)),
        (64, PolicyDecision(FAIL_JOB, 3)),
    ],
)
def test_the_first_rule_that_matches_decides(code: int, expected: PolicyDecision) -> None:
    assert decide(POLICY, code) == expected


def test_without_rules_every_failure_counts() -> None:
    assert decide({}, 64) == PolicyDecision(COUNT)
