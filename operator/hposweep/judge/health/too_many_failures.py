"""More trials fail than `maxFailedRatio` allows. Listed in `rules`.

An exact test decides from the first failure on, because the failed share of few trials gives false alarms. When every
trial failed there is nothing to weigh.
"""

from __future__ import annotations

import math
from collections.abc import Sequence

from hposweep.judge.health.failure_summary import remedy, summarize
from hposweep.judge.health.rule import Diagnosis, HealthRule
from hposweep.judge.health.view import View
from hposweep.judge.statistics import ALPHA, binomial_mid_p, wilson
from hposweep.model.findings import Severity
from hposweep.model.history import Trial


def _check(view: View) -> Diagnosis | None:
    """Fire when all trials failed, or when the failed share is above the limit with 95 % confidence."""
    finished = len(view.history.finished)
    failed = [trial for trial in view.history.finished if trial.is_failed]
    if not failed:
        return None
    if len(failed) == finished:
        return _all_failed(view, failed)
    limit = view.spec.health.max_failed_ratio
    p = binomial_mid_p(len(failed), finished, limit)
    if p > ALPHA or math.isclose(p, ALPHA):
        return None
    lower_bound = wilson(len(failed), finished)[0]
    share = f"{100 * len(failed) / finished:.0f} %, at least {100 * lower_bound:.1f} % with 95 % confidence"
    message = (
        f"{len(failed)} of {finished} finished trials failed ({share}); `spec.health.maxFailedRatio` allows "
        f"{limit:g}. Causes: {summarize(failed)}"
    )
    return Diagnosis(message, remedy(failed))


def _all_failed(view: View, failed: Sequence[Trial]) -> Diagnosis | None:
    """Fire whatever the limit is, unless the circuit breaker reports the same trials."""
    if view.evidence.study is not None and view.evidence.study.breaker is not None:
        return None
    subject = f"all {len(failed)} finished trials failed" if len(failed) > 1 else "the only finished trial failed"
    return Diagnosis(f"{subject}. Causes: {summarize(failed)}", remedy(failed))


RULE = HealthRule("TooManyFailures", Severity.WARNING, _check)
