"""All findings of health, the worst first. Called by `judge.judge` and by `cli.judge`.

A finding's message depends on finished trials and limits only, never on the time of the pass, because the status must
not change while nothing happens.
"""

from __future__ import annotations

from datetime import datetime

from hposweep.api.spec import Spec
from hposweep.judge.evidence import Evidence
from hposweep.judge.health.rules import RULES
from hposweep.judge.health.view import View
from hposweep.model.findings import HealthFinding, worst_first


def findings(sweep_spec: Spec, evidence: Evidence, workers_running: int, now: datetime) -> tuple[HealthFinding, ...]:
    """Return at most one finding per reason; none when the study could not be read, which `report.health` reports."""
    if evidence.history is None:
        return ()
    view = View(sweep_spec, evidence, evidence.history, workers_running, now)
    fired = [finding for rule in RULES if (finding := rule.finding(view)) is not None]
    return worst_first(fired)
