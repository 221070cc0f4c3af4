"""Have more trials failed than the user allows? Called by `judge`; `end` waits until the workers have gone."""

from __future__ import annotations

from hposweep.api import conditions
from hposweep.api.sweep import Sweep
from hposweep.model.trials import Study
from hposweep.model.verdicts import End


def too_many_failed(sweep: Sweep, study: Study | None) -> End | None:
    """None while it is not so, or when nobody set a limit. A stop that the user asked for is never a failure."""
    limit = sweep.spec.trials.max_failed
    if limit is None or study is None or study.owner != sweep.uid or sweep.spec.is_stopping:
        return None
    failed, most = study.counts.charged_failures, sweep.spec.trials.max
    is_share = isinstance(limit, str)
    # In whole numbers: 10% of 25 trials allows 2 to fail, not 3.
    is_beyond = failed * 100 > int(limit.removesuffix("%")) * most if isinstance(limit, str) else failed > limit
    if not is_beyond:
        return None
    allowed = f"`{limit}` of {most} trials" if is_share else f"{limit}"
    message = f"{failed} trials failed, and `spec.trials.maxFailed` allows {allowed}"
    return End(conditions.TOO_MANY_FAILED_TRIALS, message, is_failure=True)
