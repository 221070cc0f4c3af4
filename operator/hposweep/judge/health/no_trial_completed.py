"""Trials were pruned or failed, and none completed, so the sweep has no result. Listed in `rules`.

`too_many_failures` speaks when all of them failed. `judge.end` ends a sweep that stays so as Failed.
"""

from __future__ import annotations

from hposweep.api.conditions import NO_TRIAL_COMPLETED
from hposweep.judge.health.rule import Diagnosis, HealthRule
from hposweep.judge.health.view import View
from hposweep.judge.no_result import action, pruned_reason, shares
from hposweep.judge.study_from_trials import counts_of
from hposweep.model.findings import Severity
from hposweep.model.history import PRUNED
from hpotrial.protocol import BREAKER_TRIALS

MIN_TRIALS = BREAKER_TRIALS  # while the sweep runs: an objective may well prune the first trials


def _check(view: View) -> Diagnosis | None:
    """Fire when all of the first trials, at least one of them pruned, ended without a result."""
    finished = view.history.finished
    if len(finished) < (1 if view.evidence.has_ended else MIN_TRIALS):
        return None
    if not all(trial.is_failed or trial.state == PRUNED for trial in finished):
        return None
    pruned = [trial for trial in finished if trial.state == PRUNED]
    if not pruned:
        return None
    counts = counts_of(view.history.trials)
    reason = pruned_reason(pruned)
    message = f"no trial completed so far: {shares(counts)}{f', {reason}' if reason else ''}"
    return Diagnosis(message, action(counts, [trial for trial in finished if trial.is_failed]))


RULE = HealthRule(NO_TRIAL_COMPLETED, Severity.WARNING, _check)
