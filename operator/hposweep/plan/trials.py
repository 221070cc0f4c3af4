"""Find RUNNING trials that no worker runs any more. A trial is failed only when its pod is provably gone.

Called by `planner`, and by `reconcile` for the time of the next pass when nothing is proven yet.
"""

from __future__ import annotations

from collections.abc import Iterator

from hposweep.api.sweep import Sweep
from hposweep.model.observation import Observation
from hposweep.model.plan import DeletePod, FailTrials, LostTrial
from hposweep.model.trials import RunningTrial
from hposweep.model.workers import SIDE_CONTAINER_SECONDS
from hposweep.plan.loss_reason import explain, explain_unreachable
from hpotrial import protocol
from hpotrial.protocol import EXIT_DONE

# A pass must not depend on the one event that tells of a pod's end: its GPU would stay reserved until the next resync.
TERMINATION_CHECK_SECONDS = 10.0
LEDGER_RETRY_SECONDS = 3.0  # a pod has ended and is not counted: its trials could not be read, or one still runs there


def reap(sweep: Sweep, observation: Observation, *, is_final: bool = False) -> FailTrials | None:
    """Return the trials to fail; `is_final` when the user ends the sweep now, so that none is retried.

    `observe` read the trials before the pods, so a pod that is absent had gone already.
    """
    study = observation.storage.study
    if study is None or study.owner != sweep.uid:
        return None
    losses = ((trial, _loss(sweep, observation, trial)) for trial in study.running)
    trials = tuple(LostTrial(trial.trial_id, *loss) for trial, loss in losses if loss is not None)
    if not trials:
        return None
    return FailTrials(study.id, trials, sweep.spec.trials.max_retries, is_final)


def lost_pods(sweep: Sweep, observation: Observation) -> tuple[DeletePod, ...]:
    """Return a deletion for each pod on a node that is unreachable for too long: its slot would wait forever."""
    limit = sweep.spec.workers.node_lost_seconds
    return tuple(DeletePod(pod.name, pod.node) for pod in observation.pods if pod.is_lost(observation.now, limit))


def held_pods(observation: Observation) -> tuple[DeletePod, ...]:
    """Return a deletion for each failed pod that another container keeps running: its slot would not be replaced.

    The Job of a preflight would not end either. A pod that ended well has nothing left to do, and is ended with the
    Job.
    """
    return tuple(
        DeletePod(pod.name, pod.node, is_unreachable=False)
        for pod in observation.pods
        if pod.is_overdue(observation.now) and pod.exit_code != EXIT_DONE
    )


def requeue_after_seconds(sweep: Sweep, observation: Observation) -> float | None:
    """Return the seconds until a pod or a stale trial is due of which no event may tell."""
    return min((seconds for seconds in _waits(sweep, observation) if seconds > 0), default=None)


def _waits(sweep: Sweep, observation: Observation) -> Iterator[float]:
    limit, stale = sweep.spec.workers.node_lost_seconds, sweep.spec.study.adopt_stale_seconds
    for pod in observation.live_pods:
        if pod.unreachable_since is not None:
            yield limit - (observation.now - pod.unreachable_since).total_seconds()
    for pod in observation.pods:
        if pod.is_held_open and pod.ended_at is not None:
            yield SIDE_CONTAINER_SECONDS - (observation.now - pod.ended_at).total_seconds()
        if pod.is_terminating and not pod.is_gone:
            yield TERMINATION_CHECK_SECONDS
        if pod.ledger is not None and pod.ledger.ended is not None:
            yield LEDGER_RETRY_SECONDS
    for trial in observation.storage.study.running if observation.storage.study is not None else ():
        if trial.pod_uid is None and stale is not None:
            yield stale - trial.age_seconds


def _loss(sweep: Sweep, observation: Observation, trial: RunningTrial) -> tuple[str, str] | None:
    """Return class and sentence; None while a worker may still run the trial."""
    if trial.pod_uid is None:
        return _loss_without_pod(sweep, observation, trial)
    pod = next((pod for pod in observation.pods if pod.uid == trial.pod_uid), None)
    limit = sweep.spec.workers.node_lost_seconds
    if pod is not None and pod.is_lost(observation.now, limit):
        return explain_unreachable(pod, limit)
    return explain(pod) if pod is None or pod.is_gone else None


def _loss_without_pod(sweep: Sweep, observation: Observation, trial: RunningTrial) -> tuple[str, str] | None:
    """Return class and sentence for a trial that bears no pod uid.

    In an adopted study a plain Optuna worker may run it; `adoptStaleSeconds` says for how long. Elsewhere its worker
    died before it wrote its uid, which is certain when no worker is left.
    """
    if not sweep.spec.study.adopt:
        if not observation.search.all_stopped:
            return None
        return protocol.PREEMPTED, "its worker was gone before it had signed the trial"
    stale = sweep.spec.study.adopt_stale_seconds
    if stale is None or trial.age_seconds < stale:
        return None
    return protocol.PREEMPTED, f"it ran for more than {stale} s without a worker of this sweep"
