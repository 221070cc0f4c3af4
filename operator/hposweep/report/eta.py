"""When it will be done, as a number for columns and in words. Called by `status` and `summary`.

A forecast moves with every second; the status must not. It is worked out anew when something has finished or the
budget or the workers changed, which is written anyway, and stays as it is meanwhile.
"""

from __future__ import annotations

import math

from hposweep.api.status import EtaStatus, Status, TrialsStatus, WorkersStatus
from hposweep.api.sweep import Sweep
from hposweep.model.verdicts import Eta, Verdicts

_MINUTE, _HOUR, _DAY = 60, 3600, 86_400


def eta_status(eta: Eta | None) -> EtaStatus | None:
    """Two digits are all that a forecast is good for."""
    if eta is None:
        return None
    seconds = _rounded(eta.seconds)
    return EtaStatus(seconds, _rounded(eta.low_seconds), _rounded(eta.high_seconds), _brief(seconds))


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
    return f"about {_spoken(eta.seconds)} left"


def _spoken(seconds: int) -> str:
    if seconds < 2 * _MINUTE:
        return f"{seconds} s"
    if seconds < _HOUR:
        return f"{round(seconds / _MINUTE)} min"
    if seconds < 2 * _DAY:
        return _pair(seconds, _HOUR, "h", _MINUTE, "min")
    return _pair(seconds, _DAY, "days", _HOUR, "h")


def _brief(seconds: int) -> str:
    """As `kubectl get` writes ages: `2h10m`."""
    return _spoken(seconds).replace("days", "d").replace("min", "m").replace(" ", "")


def _pair(seconds: int, large: int, large_name: str, small: int, small_name: str) -> str:
    whole, rest = divmod(round(seconds / small), large // small)
    return f"{whole} {large_name} {rest} {small_name}" if rest else f"{whole} {large_name}"


def _basis(status: Status, trials: TrialsStatus, workers: WorkersStatus) -> tuple[int, ...]:
    return (trials.finished, trials.max, workers.running, workers.desired)


def _rounded(seconds: float) -> int:
    if seconds <= 0:
        return 0
    digits = 1 - math.floor(math.log10(seconds))
    return round(round(seconds, min(digits, 0)))
