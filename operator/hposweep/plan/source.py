"""Record on the study which code, commit and image its newest trials run. Called by `planner`.

A study outlives its sweep and its pods, so that later readers know what its trials ran.
"""

from __future__ import annotations

from hposweep.model.observation import Observation
from hposweep.model.plan import SetSource
from hposweep.model.source_state import SourceState
from hposweep.model.trials import Study


def source(observation: Observation, study: Study) -> SetSource | None:
    """Return None when the study has the newest state, or no trial has one."""
    newest = SourceState.newest(observation.history)
    return SetSource(study.id, newest) if any(newest.parts) and newest != study.source else None
