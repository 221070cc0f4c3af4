"""Read a row of `trials_sql`. Called by `history` and `export`."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, NamedTuple

from optuna.distributions import BaseDistribution

from hpotrial.protocol import trial_rows


class TrialRow(NamedTuple):
    """A trial as the database has it. `values` of a pruned trial are its last report, as Optuna stores it."""

    number: int
    state: str
    params: dict[str, Any]
    values: list[float] | None
    seconds: float | None  # of a RUNNING trial its age
    attributes: dict[str, Any]
    completed: datetime | None
    is_feasible: bool
    distributions: Mapping[str, BaseDistribution]


def read_trial(row: Sequence[Any]) -> TrialRow:
    """Return the trial of a row of `trials_sql.TRIALS` or `UNREAD_TRIALS`."""
    number, state, params, values, seconds, attributes, completed, is_feasible = row
    return TrialRow(
        number=number,
        state=state,
        params=trial_rows.read_parameters(params),
        values=trial_rows.read_values(values),
        seconds=seconds,
        attributes=trial_rows.read_attributes(attributes),
        completed=completed,
        is_feasible=is_feasible,
        distributions=trial_rows.read_distributions(params),
    )
