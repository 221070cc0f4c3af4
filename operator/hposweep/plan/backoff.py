"""How long a slot waits for its next pod after the cluster took one away. Called by `planner`.

The Job controller doubles the wait with every pod of a slot that ended, from ten seconds to ten minutes. That is right
for a worker that fails; but it counts evictions, preemptions and lost nodes alike, and never forgets: on nodes that
come and go, a sweep of days would leave a free GPU idle for ten minutes each time.
"""

from __future__ import annotations

from hposweep.model.plan import ResetBackoff
from hposweep.model.workers import Job, Pod, Workers

# Each failure or disruption before the pod that has just ended doubles the pause. Twice doubled it is 40 s: long enough
# also for a slot whose pods are evicted for what they do themselves (fill a disk).
MOST_DOUBLINGS = 2


def backoff_resets(workers: Workers, job: Job) -> tuple[ResetBackoff, ...]:
    """Of pods whose slot would wait longer only because of what the cluster did before."""
    return tuple(
        ResetBackoff(pod.name, _most_disruptions(pod))
        for pod in workers.pods
        if pod.job == job.name and pod.phase == "Failed" and pod.disruptions > _most_disruptions(pod)
    )


def _most_disruptions(pod: Pod) -> int:
    """On top of its slot's own failures, which alone may make the pause longer."""
    return max(0, MOST_DOUBLINGS - pod.failures)
