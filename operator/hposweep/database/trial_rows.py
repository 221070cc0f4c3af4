"""Read a row of `trials_sql`. Called by `history` and `export`."""

from __future__ import annotations

import sys
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, NamedTuple

from optuna.distributions import BaseDistribution

from hpotrial.protocol import trial_rows

# Measured with 100,000 trials of ten parameters.
_TRIAL_BYTES = 500
_VALUE_BYTES = 80  # of a parameter, a value or an attribute
_STRUCTURES, _STRUCTURE_FACTOR = ("[", "{"), 20  # a list of empty lists is as much larger in memory


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
    """Return the trial of a row of `trials_sql.TRIALS` or `UNREAD_TRIALS`, which has two more columns."""
    number, state, params, values, seconds, attributes, completed, is_feasible, *_ = row
    return TrialRow(
        number=number,
        state=sys.intern(state),
        params=trial_rows.read_parameters(params),
        values=trial_rows.read_values(values),
        seconds=seconds,
        attributes=trial_rows.read_attributes(attributes),
        completed=completed,
        is_feasible=is_feasible,
        distributions=trial_rows.read_distributions(params),
    )


def held_bytes(row: Sequence[Any]) -> int:
    """Estimate from above the memory that the trial of a row takes, without its definitions, which trials share."""
    _, _, params, values, _, attributes, *_ = row
    texts = sum(
        len(text) * (_STRUCTURE_FACTOR if text[:1] in _STRUCTURES else 1) for text in (attributes or {}).values()
    )
    return _TRIAL_BYTES + _VALUE_BYTES * (len(params or ()) + len(values or ()) + len(attributes or ())) + texts
