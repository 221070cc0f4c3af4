"""What a Job's `podFailurePolicy` makes of a pod that failed. Pure; called by `job`."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from hposweep.api.names import TRIAL_CONTAINER

COUNT, IGNORE, FAIL_INDEX, FAIL_JOB = "Count", "Ignore", "FailIndex", "FailJob"


@dataclass(frozen=True, slots=True)
class Ruling:
    """An action, and the position of the rule that asked for it."""

    action: str
    rule: int = -1


def ruling(policy: Mapping[str, Any], exit_code: int) -> Ruling:
    """The first rule that matches decides; a pod of this machine is never marked by an eviction."""
    for position, rule in enumerate(policy.get("rules", ())):
        codes = rule.get("onExitCodes")
        if codes is None or codes.get("containerName", TRIAL_CONTAINER) != TRIAL_CONTAINER:
            continue
        if (exit_code in codes["values"]) == (codes["operator"] == "In"):
            return Ruling(rule["action"], position)
    return Ruling(COUNT)
