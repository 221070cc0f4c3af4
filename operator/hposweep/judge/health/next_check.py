"""When time alone makes a rule of health fire: a trial that hangs causes no event. Called by `judge.judge`."""

from __future__ import annotations

from datetime import datetime

from hposweep.api.spec import Spec
from hposweep.judge.evidence import Evidence
from hposweep.judge.health.rules import RULES
from hposweep.judge.health.view import View


def health_requeue_after_seconds(spec: Spec, evidence: Evidence, workers_running: int, now: datetime) -> float | None:
    """Return the seconds until the next check; None when no rule waits for time, or the study could not be read."""
    if evidence.history is None:
        return None
    view = View(spec, evidence, evidence.history, workers_running, now)
    waits = [rule.next_check_seconds(view) for rule in RULES if rule.next_check_seconds is not None]
    return min((seconds for seconds in waits if seconds is not None), default=None)
