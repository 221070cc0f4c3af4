"""Which checkpoint folders stay after a trial has ended: `checkpoint` knows folders, the study knows the best trial."""

from __future__ import annotations

from hpotrial import protocol
from hpotrial.lifecycle.ownership import OwnedTrial
from hpotrial.objective.checkpoint import prune as tidy_folders
from hpotrial.objective.checkpoint import root_of
from hpotrial.protocol.config import Checkpoints
from hpotrial.storage.study import StudyHandle


def apply_retention(opened: StudyHandle, wanted: Checkpoints | None, owned: OwnedTrial) -> None:
    """Called once a trial of ours has been told; a trial that is tried again keeps its folder."""
    folder = opened.storage.get_trial(owned.id).user_attrs.get(protocol.CHECKPOINT)
    if wanted is None or folder is None:
        return
    tidy_folders(root_of(wanted.path, opened.name), folder, wanted.keep, lambda name: name in _best(opened))


def _best(opened: StudyHandle) -> set[str]:
    """Folders of the best trial, or of the front of several objectives, as the study is now."""
    try:
        best = opened.study.best_trials if len(opened.study.directions) > 1 else [opened.study.best_trial]
    except ValueError:  # none is complete
        return set()
    return {trial.user_attrs[protocol.CHECKPOINT] for trial in best if protocol.CHECKPOINT in trial.user_attrs}
