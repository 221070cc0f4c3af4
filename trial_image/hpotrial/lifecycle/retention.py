"""Which checkpoint folders stay after a trial has ended: `checkpoint` knows folders, the study knows the best trial."""

from __future__ import annotations

from hpotrial import protocol
from hpotrial.lifecycle.ownership import OwnedTrial
from hpotrial.objective.checkpoint import prune as prune_folders
from hpotrial.objective.checkpoint import root_of
from hpotrial.protocol.config import Checkpoints
from hpotrial.storage.study import StudyHandle


def apply_retention(study: StudyHandle, checkpoints: Checkpoints | None, trial: OwnedTrial) -> None:
    """Called once a trial of ours has been told; a trial that is tried again keeps its folder."""
    folder = study.storage.get_trial(trial.id).user_attrs.get(protocol.CHECKPOINT)
    if checkpoints is None or folder is None:
        return
    prune_folders(root_of(checkpoints.path, study.name), folder, checkpoints.keep, lambda name: name in _best(study))


def _best(study: StudyHandle) -> set[str]:
    """Folders of the best trial, or of the front of several objectives, as the study is now."""
    try:
        best = (
            study.optuna_study.best_trials
            if len(study.optuna_study.directions) > 1
            else [study.optuna_study.best_trial]
        )
    except ValueError:  # none is complete
        return set()
    return {trial.user_attrs[protocol.CHECKPOINT] for trial in best if protocol.CHECKPOINT in trial.user_attrs}
