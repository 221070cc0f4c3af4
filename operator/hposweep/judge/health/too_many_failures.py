"""More trials fail than `maxFailedRatio` allows. Listed in `rules`.

An interval decides, because the failed share of few trials gives false alarms.
"""

from __future__ import annotations

from hposweep.judge.health.failure_summary import remedy, summarize
from hposweep.judge.health.rule import Diagnosis, HealthRule
from hposweep.judge.health.view import View
from hposweep.judge.statistics import wilson
from hposweep.model.findings import Severity

MIN_TRIALS = 10


def _check(view: View) -> Diagnosis | None:
    """Fire when the lower bound of the failed share (one-sided 95 %) is above the limit."""
    finished = len(view.history.finished)
    failed = [trial for trial in view.history.finished if trial.is_failed]
    limit = view.spec.health.max_failed_ratio
    if finished < MIN_TRIALS or not failed:
        return None
    lower_bound = wilson(len(failed), finished)[0]
    if lower_bound <= limit:
        return None
    share = f"{100 * len(failed) / finished:.0f} %, at least {100 * lower_bound:.1f} % with 95 % confidence"
    message = (
        f"{len(failed)} of {finished} finished trials failed ({share}); `spec.health.maxFailedRatio` allows "
        f"{limit:g}. Causes: {summarize(failed)}"
    )
    return Diagnosis(message, remedy(failed))


RULE = HealthRule("TooManyFailures", Severity.WARNING, _check)
