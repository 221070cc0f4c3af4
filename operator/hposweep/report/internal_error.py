"""The status of a sweep whose passes fail by a bug of the operator: the last one, with the error in `Healthy`.

Called by `reconcile`. The error is named by its type and its line of code, because its message may quote anything. The
next pass that succeeds replaces it.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from hposweep.api import conditions as c
from hposweep.api.names import SWEEP_LABEL
from hposweep.api.status import HealthStatus, Status, StudyStatus, TrialsStatus, WorkersStatus
from hposweep.api.sweep import Sweep
from hposweep.model.findings import Severity
from hposweep.report.condition import ConditionDraft
from hposweep.text import sentences

ACTION = "report it with the traceback in the operator's log (`kubectl logs`); running workers continue meanwhile"


def with_internal_error(sweep: Sweep, place: str, passes: int, now: datetime) -> Status:
    """Return the status; `place` is where the last of so many passes in a row failed."""
    message = f"the operator failed in {passes} passes over this sweep, by a bug: {place}"
    before = sweep.status or _first_status(sweep)
    draft = ConditionDraft(c.HEALTHY, c.FALSE, c.INTERNAL_ERROR, sentences(message, ACTION))
    condition = draft.stamp(now.replace(microsecond=0), sweep.generation, before.condition(c.HEALTHY))
    others = tuple(entry for entry in before.conditions if entry.type != c.HEALTHY)
    rows = tuple(row for row in before.health if row.reason != c.INTERNAL_ERROR)
    return replace(
        before,
        conditions=(*others, condition),
        health=(HealthStatus(c.INTERNAL_ERROR, Severity.ERROR.value, message, ACTION), *rows),
    )


def _first_status(sweep: Sweep) -> Status:
    max_trials = sweep.spec.trials.max
    return Status(
        observed_generation=sweep.generation,
        state="Pending",
        message="the operator could not look at this sweep yet",
        study=StudyStatus(sweep.study_name),
        trials=TrialsStatus(max_trials),
        progress=f"0/{max_trials}",
        workers=WorkersStatus(desired=sweep.spec.workers.replicas),
        replicas=0,
        selector=f"{SWEEP_LABEL}={sweep.name}",
    )
