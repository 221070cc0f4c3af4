"""How the search Job reacts to a pod that fails: which ends are nobody's fault, and which doom every worker."""

from __future__ import annotations

from typing import Any

from hposweep.api.names import TRIAL_CONTAINER
from hpotrial.protocol import EXIT_FENCED, EXIT_INTERRUPTED, EXIT_INVALID_CONFIG

# A worker slot that fails this often in a row is broken; the Job controller waits longer before each try.
BACKOFF_LIMIT_PER_INDEX = 6


def pod_failure_policy() -> dict[str, Any]:
    """Rules in order; the first that matches decides. Other failures count against the slot's own limit."""
    doomed = {"containerName": TRIAL_CONTAINER, "operator": "In", "values": [EXIT_INVALID_CONFIG, EXIT_FENCED]}
    # A worker that was asked to go has handed its trial back; only an eviction marks its pod as a DisruptionTarget.
    interrupted = {"containerName": TRIAL_CONTAINER, "operator": "In", "values": [EXIT_INTERRUPTED]}
    return {
        "rules": [
            {"action": "Ignore", "onPodConditions": [{"type": "DisruptionTarget", "status": "True"}]},
            {"action": "Ignore", "onExitCodes": interrupted},
            {"action": "FailJob", "onExitCodes": doomed},
        ]
    }
