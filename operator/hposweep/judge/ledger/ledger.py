"""The GPU time of a sweep. Called by `judge`.

A pod is counted once, when it has ended: its seconds go into the status together with its uid, and only a later pass
removes the finalizer that has kept it. A pod without the finalizer has been counted. Therefore neither a restart of the
operator nor a lost event changes a sum.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta

from hposweep.api.champions_sweep import champion_workers
from hposweep.api.cost import GpuSecondsStatus
from hposweep.api.names import CHAMPIONS_PHASE
from hposweep.api.sweep import Sweep
from hposweep.judge.gpus import gpus_of
from hposweep.judge.ledger.pod import pod_seconds
from hposweep.judge.ledger.spans import TrialSpan, ended_spans, running_spans
from hposweep.model.gpu_seconds import GpuSeconds, Ledger, PodTimes
from hposweep.model.observation import Observation
from hposweep.model.workers import Pod

MAX_RELEASING = 200  # uids in a status; more pods that end at once are counted in later passes
# Without its trials, a pod is counted after this time: a drained node waits for the pod to go.
MAX_WAIT = timedelta(seconds=60)


def ledger(sweep: Sweep, observation: Observation) -> Ledger:
    """Return the sums, with those pods added that have ended and can be counted now."""
    before = sweep.status.gpu_seconds if sweep.status is not None else None
    per_worker = gpus_of(sweep.spec.workers, observation.gpu_weights)
    per_champion = gpus_of(champion_workers(sweep.spec), observation.gpu_weights)
    pods = {pod.uid: pod for pod in observation.pods if pod.ledger is not None}
    releasing = [uid for uid in _releasing(before) if uid in pods]
    ended = GpuSeconds.of(before.ended.seconds) if before is not None else GpuSeconds()
    counted = before.ended.pods if before is not None else 0
    live, held, open_pods = GpuSeconds(), 0.0, 0
    for pod in pods.values():
        if pod.uid in releasing or pod.ledger is None:
            continue
        times = pod.ledger
        of_spec = per_champion if pod.job_phase == CHAMPIONS_PHASE else per_worker
        gpus = times.gpus if times.gpus is not None else of_spec
        is_countable, spans = _spans(observation, pod, times)
        seconds = pod_seconds(times, spans, observation.now).times(gpus)
        if is_countable and len(releasing) < MAX_RELEASING:
            ended, counted = ended + seconds, counted + 1
            releasing.append(pod.uid)
            continue
        live, open_pods = live + seconds, open_pods + 1
        held += gpus if times.scheduled is not None and times.ended is None else 0.0
    allocated = ended.allocated + live.allocated
    reached = _budget_reached(sweep, before, allocated)
    return Ledger(
        ended=ended,
        ended_pods=counted,
        live=live,
        open_pods=open_pods,
        gpus=held,
        gpus_per_worker=per_worker,
        releasing=tuple(releasing),
        budget_reached=reached,
    )


def _budget_reached(sweep: Sweep, before: GpuSecondsStatus | None, allocated: float) -> int | None:
    """Return the budget that is reached. It stays reached until the spec has a larger one, because clocks differ."""
    budget = sweep.spec.budget.gpu_seconds
    earlier = before.budget_reached if before is not None else None
    if budget is None:
        return None
    return budget if allocated >= budget or (earlier is not None and budget <= earlier) else None


def _releasing(before: GpuSecondsStatus | None) -> Sequence[str]:
    return before.ended.releasing if before is not None else ()


def _spans(observation: Observation, pod: Pod, times: PodTimes) -> tuple[bool, Sequence[TrialSpan] | None]:
    """Return whether the pod can be counted now, and its trials; None when they cannot be read.

    A pod that has ended is counted with the trials that were read after it, once none of them is RUNNING.
    """
    now = observation.now
    if pod.job_phase == CHAMPIONS_PHASE:
        return _champion_spans(observation, pod, times)
    if times.ended is None:
        study, history = observation.storage.study, observation.history
        if study is None or history is None:
            return False, None
        return False, (*ended_spans(history).get(pod.uid, ()), *running_spans(study, now).get(pod.uid, ()))
    is_overdue = now - times.ended >= MAX_WAIT
    closing = observation.closing
    if closing is None:
        return is_overdue, None
    lost = running_spans(closing.study, now, use="preempted").get(pod.uid, ())
    return is_overdue or not lost, (*ended_spans(closing.history).get(pod.uid, ()), *lost)


def _champion_spans(observation: Observation, pod: Pod, times: PodTimes) -> tuple[bool, Sequence[TrialSpan] | None]:
    """Return the same for a pod that trains champions, by their study, which was read before the pods."""
    own, now = observation.champions, observation.now
    is_overdue = times.ended is not None and now - times.ended >= MAX_WAIT
    if own is None or own.study is None or own.history is None:
        return is_overdue, None
    running = running_spans(own.study, now).get(pod.uid, ())
    is_countable = times.ended is not None and (is_overdue or not running)
    return is_countable, (*ended_spans(own.history).get(pod.uid, ()), *running)
