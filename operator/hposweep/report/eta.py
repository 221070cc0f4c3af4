"""The time left, as numbers for the status and as text for the summary. Called by `status` and `summary`.

A forecast changes every second, but the status must not. It is computed again when a trial finishes or when the budget
or the workers change, because the status is written then anyway; in between it stays as it is.
"""

from __future__ import annotations

import math

from hposweep.api.status import EtaStatus, TrialsStatus, WorkersStatus
from hposweep.api.sweep import Sweep
from hposweep.model.verdicts import Eta, Verdicts
from hposweep.text import duration, short_duration


def eta_status(eta: Eta | None) -> EtaStatus | None:
    """Return the forecast rounded to two digits, because it is no more exact than that."""
    if eta is None:
        return None
    seconds = _rounded(eta.seconds)
    return EtaStatus(seconds, _rounded(eta.low_seconds), _rounded(eta.high_seconds), short_duration(seconds))


def latched_eta(sweep: Sweep, verdicts: Verdicts, trials: TrialsStatus, workers: WorkersStatus) -> EtaStatus | None:
    """Return the forecast of this pass, or the last one when only time has passed since."""
    before = sweep.status
    if verdicts.end is not None or sweep.has_ended:
        return None
    if before is None or before.eta is None:
        return eta_status(verdicts.eta)
    is_current = verdicts.eta is not None and _basis(before.trials, before.workers) == _basis(trials, workers)
    if is_current or not verdicts.storage.is_open:
        return before.eta
    return eta_status(verdicts.eta)


def time_left(eta: EtaStatus) -> str:
    """Return `about 2 h 10 min left`."""
    return f"about {duration(eta.seconds)} left"


def _basis(trials: TrialsStatus, workers: WorkersStatus) -> tuple[int, ...]:
    return (trials.finished, trials.max, workers.running, workers.desired)


def _rounded(seconds: float) -> int:
    if seconds <= 0:
        return 0
    digits = 1 - math.floor(math.log10(seconds))
    return round(round(seconds, min(digits, 0)))
