"""All rules of health in one call, worst finding first. Called by `judge.verdicts` and by `cli.judge`.

A finding's words depend on finished trials and limits only, never on the time of the pass: nothing is written while
nothing happens.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from hposweep.api.spec import Spec
from hposweep.judge.evidence import Evidence
from hposweep.judge.health.duplicates import duplicates
from hposweep.judge.health.failing_immediately import failing_alike
from hposweep.judge.health.no_improvement import no_improvement
from hposweep.judge.health.no_progress import no_progress
from hposweep.judge.health.parameter_never_varies import parameter_never_varies
from hposweep.judge.health.slow_trials import slow_trials
from hposweep.judge.health.stuck_at_baseline import stuck_at_baseline
from hposweep.judge.health.too_many_failures import too_many_failures
from hposweep.judge.health.value_dominates import value_dominates
from hposweep.judge.health.view import View
from hposweep.model.findings import HealthFinding, worst_first

# Within a severity, what wastes most is named first.
_RULES: tuple[Callable[[View], HealthFinding | None], ...] = (
    failing_alike,
    too_many_failures,
    no_progress,
    slow_trials,
    parameter_never_varies,
    duplicates,
    stuck_at_baseline,
    value_dominates,
    no_improvement,
)


def findings(sweep_spec: Spec, evidence: Evidence, workers_running: int, now: datetime) -> tuple[HealthFinding, ...]:
    """At most one per reason; none when the study could not be read, which is somebody else's finding."""
    if evidence.history is None:
        return ()
    view = View(sweep_spec, evidence, evidence.history, workers_running, now)
    found = [finding for rule in _RULES if (finding := rule(view)) is not None]
    return worst_first(found)
