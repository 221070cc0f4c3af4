"""Which RUNNING trials are nobody's any more. A trial is given up only when its pod is provably gone."""

from __future__ import annotations

from hposweep.api.sweep import Sweep
from hposweep.model.observation import Observation
from hposweep.model.plan import Reap


def reap(sweep: Sweep, seen: Observation) -> Reap | None:
    """The trials to fail. `observe` read the trials before the pods, so a pod that is absent had gone already.

    A trial without an owner's name may be a plain Optuna worker's in a study that was adopted; elsewhere it is that of
    a worker that died between asking and signing, which is certain only when no worker is left.
    """
    study = seen.storage.study
    if study is None or study.owner != sweep.uid:
        return None
    alive = {pod.uid for pod in seen.workers.live_pods}
    unsigned_are_ours = not sweep.spec.study.adopt and seen.workers.are_gone
    lost = tuple(
        trial.trial_id
        for trial in study.running
        if (unsigned_are_ours if trial.pod_uid is None else trial.pod_uid not in alive)
    )
    return Reap(lost) if lost else None
