"""The Job controller's rules for a failed pod of the search: ignore it, fail the Job, or count it. Called by `job`."""

from __future__ import annotations

from typing import Any

from hposweep.api.names import TRIAL_CONTAINER
from hpotrial.protocol import EXIT_FENCED, EXIT_INTERRUPTED, EXIT_INVALID_CONFIG

# A worker slot that fails this often in a row is broken; the Job controller waits longer before each try.
BACKOFF_LIMIT_PER_INDEX = 6


def pod_failure_policy() -> dict[str, Any]:
    """Return the rules in order; the first match decides. Other failures count against the slot's own limit."""
    fatal = {"containerName": TRIAL_CONTAINER, "operator": "In", "values": [EXIT_INVALID_CONFIG, EXIT_FENCED]}
    # A worker that received SIGTERM has requeued its trial; only an eviction marks its pod as a DisruptionTarget.
    requeue = {"containerName": TRIAL_CONTAINER, "operator": "In", "values": [EXIT_INTERRUPTED]}
    return {
        "rules": [
            {"action": "Ignore", "onPodConditions": [{"type": "DisruptionTarget", "status": "True"}]},
            {"action": "Ignore", "onExitCodes": requeue},
            {"action": "FailJob", "onExitCodes": fatal},
        ]
    }
