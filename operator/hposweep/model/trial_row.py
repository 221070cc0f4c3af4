"""One trial from a plain row, wherever the row was kept. `database.history` and `cli.judge` make all trials here.

So a study that is judged in its database and the same study that is judged from a file are the same to every rule.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

from hposweep.model.history import COMPLETE, FAIL, PRUNED, RUNNING, WAITING, Trial

STATES = (COMPLETE, PRUNED, FAIL, RUNNING, WAITING)
# What Optuna's table and a file of JSON lines say where they have no number.
_INFINITE = {"INF_POS": float("inf"), "INF_NEG": float("-inf"), "inf": float("inf"), "-inf": float("-inf")}


def trial_of(
    number: int,
    state: str,
    params: Mapping[str, Any],
    values: Sequence[float | str] | None,
    seconds: float | None,
    attributes: Mapping[str, Any],
    *,
    completed: datetime | None = None,
    is_feasible: bool = True,
) -> Trial:
    """Only a complete trial keeps `values`: those of a pruned one are its last report, which nobody may compare.

    `completed` without a time zone is UTC, as Optuna writes it.
    """
    return Trial(
        number=number,
        state=state,
        values=tuple(finite_or_not(value) for value in values or ()) if state == COMPLETE else (),
        params=params,
        seconds=seconds,
        completed=completed.replace(tzinfo=UTC) if completed is not None and completed.tzinfo is None else completed,
        is_feasible=is_feasible,
        attributes=attributes,
    )


def finite_or_not(value: float | str) -> float:
    """Raises ValueError for a text that is no word for infinity."""
    if isinstance(value, str):
        if value not in _INFINITE:
            raise ValueError(f"`{value}` is no number")
        return _INFINITE[value]
    return float(value)
