"""Shorten the wait of a slot for its next pod after the cluster ended pods of it. Called by `planner`.

The Job controller doubles the wait with every pod of a slot that ended, from ten seconds to ten minutes. That is right
for a worker that fails. But it counts evictions, preemptions and lost nodes alike, and never resets the count: on nodes
that come and go, a GPU would idle for ten minutes each time.
"""

from __future__ import annotations

from hposweep.model.plan import ResetBackoff
from hposweep.model.workers import Job, Pod, Workers

# Each failure or disruption before the pod that has just ended doubles the wait. Doubled twice it is 40 s: enough for a
# slot whose pods are evicted because of what they do themselves, such as filling a disk.
MAX_DOUBLINGS = 2


def backoff_resets(workers: Workers, job: Job) -> tuple[ResetBackoff, ...]:
    """Return an action for each pod whose slot would wait longer only because of earlier disruptions."""
    return tuple(
        ResetBackoff(pod.name, _max_disruptions(pod))
        for pod in workers.pods
        if pod.job == job.name and pod.phase == "Failed" and pod.disruptions > _max_disruptions(pod)
    )


def _max_disruptions(pod: Pod) -> int:
    """Return how many disruptions may count besides the slot's own failures, which alone may make the wait longer."""
    return max(0, MAX_DOUBLINGS - pod.failures)
