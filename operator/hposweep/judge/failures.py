"""The limit of failed trials (`spec.trials.maxFailed`). Called by `judge`; `end` waits until the workers stopped."""

from __future__ import annotations

from hposweep.api import conditions
from hposweep.api.sweep import Sweep
from hposweep.model.trials import Study
from hposweep.model.verdicts import End
from hposweep.text import count


def max_failed(limit: int | str, max_trials: int) -> int:
    """Return how many trials may fail. In whole numbers: 10% of 25 trials allows 2 to fail, not 3."""
    return int(limit.removesuffix("%")) * max_trials // 100 if isinstance(limit, str) else limit


def too_many_failed(sweep: Sweep, study: Study | None) -> End | None:
    """Return the end when the limit is exceeded. A stop by the user is never a failure."""
    limit = sweep.spec.trials.max_failed
    if limit is None or study is None or study.owner != sweep.uid or sweep.spec.is_stopping:
        return None
    failed, max_trials = study.counts.charged_failures, sweep.spec.trials.max
    if failed <= max_failed(limit, max_trials):
        return None
    allowed = f"`{limit}` of {max_trials} trials" if isinstance(limit, str) else f"{limit}"
    message = f"{count(failed, 'trial')} failed, but `spec.trials.maxFailed` allows only {allowed}"
    return End(conditions.TOO_MANY_FAILED_TRIALS, message, is_failure=True)
