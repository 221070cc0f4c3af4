"""Record on the study where its sweep can be found, so that a later sweep can tell whether it is gone.

Called by `planner`. A study of an earlier version of the operator has no such record.
"""

from __future__ import annotations

from hposweep.model.observation import Observation
from hposweep.model.plan import SetIdentity
from hposweep.model.trials import Study


def identity(observation: Observation, study: Study) -> SetIdentity | None:
    """Return None when the study has the names of this sweep."""
    names = observation.identity
    return SetIdentity(study.id, names) if names is not None and names != study.sweep else None
