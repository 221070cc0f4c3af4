"""The status of a sweep whose passes do not end: the last one, with the reason in `Healthy`.

Made for `reconcile` by `handlers`. A bug of the operator is named by its type and its line of code, because its message
may quote anything. The next pass that succeeds replaces the reason.
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
from hposweep.text import count, sentences

ACTION = "report it with the traceback in the operator's log (`kubectl logs`); running workers continue meanwhile"
REDUCTION = (
    "use fewer criteria, or fewer parameters in them (`spec.success`, `spec.decisionPoints`, `spec.stopWhen`); running "
    "workers continue meanwhile, and the operator tries again with growing pauses"
)


def with_internal_error(sweep: Sweep, now: datetime, *, place: str, passes: int) -> Status:
    """Return the status; `place` is where the last of so many passes in a row failed."""
    message = f"the operator failed in {passes} passes over this sweep, by a bug: {place}"
    return _with_failure(sweep, c.INTERNAL_ERROR, message, ACTION, now)


def with_overdue_judgement(sweep: Sweep, now: datetime, *, seconds: float, trials: int) -> Status:
    """Return the status; `seconds` is the CPU time that the judgement of so many trials may take."""
    message = f"judging {count(trials, 'trial')} takes more than {seconds:g} s of CPU time, which no sweep may take"
    return _with_failure(sweep, c.JUDGEMENT_TOO_LONG, message, REDUCTION, now)


def _with_failure(sweep: Sweep, reason: str, message: str, action: str, now: datetime) -> Status:
    before = sweep.status or _first_status(sweep)
    draft = ConditionDraft(c.HEALTHY, c.FALSE, reason, sentences(message, action))
    condition = draft.stamp(now.replace(microsecond=0), sweep.generation, before.condition(c.HEALTHY))
    others = tuple(entry for entry in before.conditions if entry.type != c.HEALTHY)
    rows = tuple(row for row in before.health if row.reason not in (c.INTERNAL_ERROR, c.JUDGEMENT_TOO_LONG))
    return replace(
        before,
        conditions=(*others, condition),
        health=(HealthStatus(reason, Severity.ERROR.value, message, action), *rows),
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
