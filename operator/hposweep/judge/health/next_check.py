"""When time alone makes a finding: a trial that runs says nothing, so somebody has to look at the right moment.

Called by `judge.verdicts`.
"""

from __future__ import annotations

from datetime import datetime

from hposweep.api.spec import Spec
from hposweep.judge.evidence import Evidence
from hposweep.judge.health.no_progress import no_progress_due_seconds
from hposweep.judge.health.slow_trials import slow_due_seconds
from hposweep.judge.health.view import View


def health_due_seconds(spec: Spec, evidence: Evidence, workers_running: int, now: datetime) -> float | None:
    """None when nothing is due, or the study could not be read."""
    if evidence.history is None:
        return None
    view = View(spec, evidence, evidence.history, workers_running, now)
    dues = (slow_due_seconds(view), no_progress_due_seconds(view))
    return min((seconds for seconds in dues if seconds is not None), default=None)
