"""Builders of trials and histories, for tests of what is judged from them."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Any

from hposweep.model.history import COMPLETE, FAIL, History, Trial
from hpotrial import protocol
from tests.unit import world

SECONDS = 60.0  # of each trial that says nothing else
START = world.NOON - timedelta(days=1)


def trial(number: int, value: float | tuple[float, ...] | None = None, state: str = COMPLETE, **fields: Any) -> Trial:
    """One that took a minute and was done `number` + 1 minutes after the start; keywords are fields."""
    values = () if value is None else value if isinstance(value, tuple) else (value,)
    ended = state not in ("RUNNING", "WAITING")
    times = {"seconds": SECONDS, "completed": START + timedelta(seconds=SECONDS * (number + 1))} if ended else {}
    return Trial(number, state, values, **{**times, **fields})


def failed(number: int, failure_class: str = protocol.OBJECTIVE_ERROR, *, charged: bool = True, **fields: Any) -> Trial:
    attributes: dict[str, Any] = {protocol.CLASS: failure_class}
    if not charged:
        attributes[protocol.CHARGED] = False
    return trial(number, state=FAIL, attributes=attributes, **fields)


def history(*trials: Trial) -> History:
    return History(trials)


def of_values(values: Iterable[float]) -> History:
    """Complete trials with these values, in this order."""
    return History(tuple(trial(number, value) for number, value in enumerate(values)))


def after(seconds: float) -> datetime:
    """So long after the start."""
    return START + timedelta(seconds=seconds)
