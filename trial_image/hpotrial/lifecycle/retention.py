"""Retention of checkpoints: remove the folders of ended trials that `spec.workers.checkpoints.keep` does not keep."""

from __future__ import annotations

from hpotrial import protocol
from hpotrial.lifecycle.ownership import OwnedTrial
from hpotrial.objective.checkpoint import prune as prune_folders
from hpotrial.objective.checkpoint import root_of
from hpotrial.protocol.config import Checkpoints
from hpotrial.storage.connection import ConnectionLostError
from hpotrial.storage.study import StudyHandle


def apply_retention(study: StudyHandle, checkpoints: Checkpoints | None, trial: OwnedTrial) -> None:
    """Remove obsolete folders, once a trial was told. A requeued trial keeps its folder."""
    folder = study.storage.get_trial(trial.id).user_attrs.get(protocol.CHECKPOINT)
    if checkpoints is None or folder is None:
        return
    prune_folders(root_of(checkpoints.path, study.name), folder, checkpoints.keep, lambda: _best(study))


def _best(study: StudyHandle) -> set[str] | None:
    """Return the folders of the best trial, or of the Pareto front, as the study is now; None when it is unreachable.

    The trials are read again, because those of the cache may lack the best trial of another worker.
    """
    try:
        study.storage.refresh()
    except ConnectionLostError:
        return None
    try:
        best = (
            study.optuna_study.best_trials
            if len(study.optuna_study.directions) > 1
            else [study.optuna_study.best_trial]
        )
    except ValueError:  # no trial is complete
        return set()
    return {trial.user_attrs[protocol.CHECKPOINT] for trial in best if protocol.CHECKPOINT in trial.user_attrs}
