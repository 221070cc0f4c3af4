"""More trials fail than may: by an interval, because a share of few trials cries wolf. Asked by `findings`."""

from __future__ import annotations

from hposweep.judge.health.failure_summary import remedy, summarize
from hposweep.judge.health.rule import Diagnosis, HealthRule
from hposweep.judge.health.view import View
from hposweep.judge.statistics import wilson
from hposweep.model.findings import Severity

LEAST_TRIALS = 10


def _check(view: View) -> Diagnosis | None:
    """The lower bound of the failed share (one-sided 95 %) lies above the limit."""
    finished = len(view.history.finished)
    failed = [trial for trial in view.history.finished if trial.is_failed]
    limit = view.spec.health.max_failed_ratio
    if finished < LEAST_TRIALS or not failed:
        return None
    least = wilson(len(failed), finished)[0]
    if least <= limit:
        return None
    share = f"{100 * len(failed) / finished:.0f} %, with 95 % confidence at least {100 * least:.1f} %"
    message = (
        f"{len(failed)} of {finished} finished trials failed ({share}), and `spec.health.maxFailedRatio` is "
        f"{limit:g}. Causes: {summarize(failed)}"
    )
    return Diagnosis(message, remedy(failed))


RULE = HealthRule("TooManyFailures", Severity.WARNING, _check)
