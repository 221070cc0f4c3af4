"""The trials that a `bestValue` is restricted to, by parameter values. `best_value` and the linter use it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from hposweep.judge.criteria.categorical import label
from hposweep.model.history import History, Trial
from hposweep.text import truncate
from hpotrial.protocol.parameter_values import has_values, is_equal

MAX_NAME_CHARACTERS, MAX_VALUE_CHARACTERS = 63, 40  # in a sentence; the schema limits no names of a map
Restriction = Mapping[str, Any]


def trials_where(history: History, restriction: Restriction | None) -> tuple[Trial, ...]:
    """Return the trials that have all these parameter values; all trials without any."""
    if not restriction:
        return history.trials
    return history.remember(
        ("where", repr(sorted(restriction.items()))),
        lambda: tuple(trial for trial in history.trials if has_values(trial.params, restriction)),
    )


def words(restriction: Restriction | None) -> str:
    """Return ` where depth is 3 and kind is cnn`, to follow a noun; "" without any."""
    if not restriction:
        return ""
    parts = (
        f"{brief_name(name)} is {truncate(label(value), MAX_VALUE_CHARACTERS)}" for name, value in restriction.items()
    )
    return f" where {' and '.join(parts)}"


def brief_name(name: str) -> str:
    return truncate(name, MAX_NAME_CHARACTERS)


def contains(outer: Restriction, inner: Restriction) -> bool:
    """Return whether each trial of the inner restriction is one of the outer."""
    return all(name in inner and is_equal(inner[name], value) for name, value in outer.items())
