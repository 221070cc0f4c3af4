"""The counts and the best trial of the status. Called by `status`, and by `cli.judge` for trials of a file."""

from __future__ import annotations

from collections.abc import Sequence

from hposweep.api.plain import brief_params
from hposweep.api.spec import StudyObjectiveSpec
from hposweep.api.status import BestStatus, TrialsStatus
from hposweep.model.trials import Study


def trials_status(max_trials: int, study: Study) -> TrialsStatus:
    """Return the counts; `max_trials` is the budget."""
    counts = study.counts
    return TrialsStatus(
        max=max_trials,
        finished=counts.finished,
        complete=counts.complete,
        pruned=counts.pruned,
        failed=counts.failed,
        running=counts.running,
        waiting=counts.waiting,
        charged=counts.charged,
        retried=study.retried,
        failures=study.failures,
    )


def best_status(goals: Sequence[StudyObjectiveSpec], study: Study) -> BestStatus | None:
    """Return the best trial, or None before one is complete."""
    best = study.best.trial
    if best is None:
        return None
    return BestStatus(
        trial=best.number,
        value=float(f"{best.values[0]:.6g}"),  # six digits are for reading; `values` has them all
        values=dict(zip((goal.name for goal in goals), best.values, strict=True)),
        params=brief_params(best.params),
        front=best.front,
        time=best.time.replace(microsecond=0) if best.time else None,
    )
