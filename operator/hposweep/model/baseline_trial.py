"""The verdict on the baseline trial: its gate, and the attempt that is to run now. Made by `judge`."""

from __future__ import annotations

from dataclasses import dataclass

from hposweep.model.gate import Gate
from hpotrial.protocol.baseline import BaselineMark


@dataclass(frozen=True, slots=True)
class BaselineTrialVerdict:
    """What the baseline trial means for the search."""

    gate: Gate
    attempt: BaselineMark | None = None  # that needs its trial and its Job now
    is_new: bool = False  # the attempt has no trial yet
    has_result: bool = False  # the latest attempt has ended
    passed_number: int | None = None  # of the last trial of the attempt that has passed
    trial_seconds: float | None = None  # its duration
    estimate: str = ""  # the forecast of the sweep, in one sentence
