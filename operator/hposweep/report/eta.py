"""When it will be done, as a number for columns and in words. Called by `status` and `summary`.

A forecast moves with every second; the status must not. It is worked out anew when something has finished or the
budget or the workers changed, which is written anyway, and stays as it is meanwhile.
"""

from __future__ import annotations

import math

from hposweep.api.status import EtaStatus, Status, TrialsStatus, WorkersStatus
from hposweep.api.sweep import Sweep
from hposweep.model.verdicts import Eta, Verdicts
from hposweep.text import duration, short_duration


def eta_status(eta: Eta | None) -> EtaStatus | None:
    """Two digits are all that a forecast is good for."""
    if eta is None:
        return None
    seconds = _rounded(eta.seconds)
    return EtaStatus(seconds, _rounded(eta.low_seconds), _rounded(eta.high_seconds), short_duration(seconds))


def kept_eta(sweep: Sweep, verdicts: Verdicts, trials: TrialsStatus, workers: WorkersStatus) -> EtaStatus | None:
    """Of this pass, or that of the status before when it can only differ by the time that went by."""
    before = sweep.status
    if verdicts.end is not None or sweep.has_ended:
        return None
    if before is None or before.eta is None:
        return eta_status(verdicts.eta)
    is_known = verdicts.storage.is_open
    if not is_known or (
        verdicts.eta is not None and _basis(before, before.trials, before.workers) == _basis(before, trials, workers)
    ):
        return before.eta
    return eta_status(verdicts.eta)


def in_words(eta: EtaStatus) -> str:
    """`about 2 h 10 min left`."""
    return f"about {duration(eta.seconds)} left"


def _basis(status: Status, trials: TrialsStatus, workers: WorkersStatus) -> tuple[int, ...]:
    return (trials.finished, trials.max, workers.running, workers.desired)


def _rounded(seconds: float) -> int:
    if seconds <= 0:
        return 0
    digits = 1 - math.floor(math.log10(seconds))
    return round(round(seconds, min(digits, 0)))
