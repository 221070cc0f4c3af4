"""Apply a Job's `podFailurePolicy` to a pod that failed. Pure; called by `job`."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from hposweep.api.names import TRIAL_CONTAINER

COUNT, IGNORE, FAIL_INDEX, FAIL_JOB = "Count", "Ignore", "FailIndex", "FailJob"


@dataclass(frozen=True, slots=True)
class PolicyDecision:
    """An action, and the position of the rule that decided it."""

    action: str
    rule: int = -1


def decide(policy: Mapping[str, Any], exit_code: int) -> PolicyDecision:
    """Return the decision of the first rule that matches. No eviction ever marks a pod of this machine."""
    for position, rule in enumerate(policy.get("rules", ())):
        codes = rule.get("onExitCodes")
        if codes is None or codes.get("containerName", TRIAL_CONTAINER) != TRIAL_CONTAINER:
            continue
        if (exit_code in codes["values"]) == (codes["operator"] == "In"):
            return PolicyDecision(rule["action"], position)
    return PolicyDecision(COUNT)
