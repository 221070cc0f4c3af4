"""The condition of a gate whose phase runs in a pod. Called by `preflight` and `baseline_trial`."""

from __future__ import annotations

from datetime import datetime

from hposweep.api import conditions as c
from hposweep.model.gate import Gate
from hposweep.model.workers import Workers
from hposweep.report.condition import ConditionDraft
from hposweep.report.workers import TROUBLES, pod_trouble


def phase_gate(kind: str, pod: str, gate: Gate, workers: Workers, now: datetime, *, has_failed: bool) -> ConditionDraft:
    """Return the condition. While the phase runs it is Unknown, unless its pod cannot run.

    A pod that starts slowly is no trouble, and its reason tells of it. While an attempt that failed is repeated
    (`has_failed`), the condition stays False. `pod` names the pod in a sentence.
    """
    if gate.is_open:
        return ConditionDraft(kind, c.TRUE, gate.reason, gate.message)
    if gate.reason == c.RUNNING:
        trouble = pod_trouble(workers, now)
        if trouble is not None and trouble[0] in TROUBLES:
            return ConditionDraft(kind, c.FALSE, trouble[0], f"{pod} does not run: {trouble[1]}")
        if trouble is not None and not has_failed:
            return ConditionDraft(kind, c.UNKNOWN, trouble[0], f"{pod} does not run yet: {trouble[1]}")
    is_false = gate.reason == c.FAILED or (gate.reason == c.RUNNING and has_failed)
    return ConditionDraft(kind, c.FALSE if is_false else c.UNKNOWN, gate.reason, gate.message)


def latest_attempt(workers: Workers, sweep: str, phase: str, ended: int) -> Workers:
    """Return the Job and the pods of the attempt that runs; none of those up to `ended`, whose result is known."""
    job, attempt = workers.latest_job(sweep, phase)
    if job is None or attempt <= ended:
        return Workers()
    return Workers((job,), tuple(pod for pod in workers.pods if pod.job == job.name))
