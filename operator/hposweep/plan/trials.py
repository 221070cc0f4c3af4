"""Which RUNNING trials are nobody's any more. A trial is given up only when its pod is provably gone.

Called by `planner`, and by `reconcile` for when to look again at what is not proven yet.
"""

from __future__ import annotations

from collections.abc import Iterator

from hposweep.api.sweep import Sweep
from hposweep.model.observation import Observation
from hposweep.model.plan import DeletePod, FailTrials, LostTrial
from hposweep.model.trials import RunningTrial
from hposweep.plan.loss_reason import explain, explain_silence
from hpotrial import protocol


def reap(sweep: Sweep, seen: Observation, *, is_final: bool = False) -> FailTrials | None:
    """The trials to end; `is_final` when the user ends the sweep now, so that none is tried again.

    `observe` read the trials before the pods, so a pod that is absent had gone already.
    """
    study = seen.storage.study
    if study is None or study.owner != sweep.uid:
        return None
    judged = ((trial, _loss(sweep, seen, trial)) for trial in study.running)
    lost = tuple(LostTrial(trial.trial_id, *loss) for trial, loss in judged if loss is not None)
    if not lost:
        return None
    return FailTrials(study.id, lost, sweep.spec.trials.max_retries, is_final)


def lost_pods(sweep: Sweep, seen: Observation) -> tuple[DeletePod, ...]:
    """Pods on nodes that have been silent for too long: their slots would wait for them for ever."""
    limit = sweep.spec.workers.node_lost_seconds
    return tuple(DeletePod(pod.name, pod.node) for pod in seen.search.pods if pod.is_lost(seen.now, limit))


def requeue_after_seconds(sweep: Sweep, seen: Observation) -> float | None:
    """When silence will have lasted long enough, if nobody speaks before: nothing will wake us then."""
    return min((seconds for seconds in _waits(sweep, seen) if seconds > 0), default=None)


def _waits(sweep: Sweep, seen: Observation) -> Iterator[float]:
    limit, stale = sweep.spec.workers.node_lost_seconds, sweep.spec.study.adopt_stale_seconds
    for pod in seen.search.live_pods:
        if pod.unreachable_since is not None:
            yield limit - (seen.now - pod.unreachable_since).total_seconds()
    for trial in seen.storage.study.running if seen.storage.study is not None else ():
        if trial.pod_uid is None and stale is not None:
            yield stale - trial.age_seconds


def _loss(sweep: Sweep, seen: Observation, trial: RunningTrial) -> tuple[str, str] | None:
    """Class and sentence; None while the trial may still be somebody's."""
    if trial.pod_uid is None:
        return _loss_of_unsigned(sweep, seen, trial)
    pod = next((pod for pod in seen.pods if pod.uid == trial.pod_uid), None)
    limit = sweep.spec.workers.node_lost_seconds
    if pod is not None and pod.is_lost(seen.now, limit):
        return explain_silence(pod, limit)
    return explain(pod) if pod is None or pod.is_gone else None


def _loss_of_unsigned(sweep: Sweep, seen: Observation, trial: RunningTrial) -> tuple[str, str] | None:
    """In a study that was adopted it may be a plain Optuna worker's; the user says for how long that is believed.

    Elsewhere it is that of a worker that died between asking and signing, which is certain when no worker is left.
    """
    if not sweep.spec.study.adopt:
        gone = seen.search.all_stopped
        return (protocol.PREEMPTED, "its worker was gone before it had signed the trial") if gone else None
    stale = sweep.spec.study.adopt_stale_seconds
    if stale is None or trial.age_seconds < stale:
        return None
    return protocol.PREEMPTED, f"it ran for more than {stale} s without a worker of this sweep"
