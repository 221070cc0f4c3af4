"""All trials of a study, as immutable values: the input of criteria, decision points and health rules.

`database.history` and `cli.judge` build it from plain rows, so that a study judged in its database and the same study
judged from a file are equal to every rule.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Hashable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import cached_property
from typing import TYPE_CHECKING, Any, TypeVar, cast

from hposweep.api.plain import read_number
from hposweep.api.space import choice
from hpotrial import protocol

if TYPE_CHECKING:  # because `hposweep validate` imports this module, and does without Optuna
    from optuna.distributions import BaseDistribution

COMPLETE, PRUNED, FAIL, RUNNING, WAITING = "COMPLETE", "PRUNED", "FAIL", "RUNNING", "WAITING"
STATES = (COMPLETE, PRUNED, FAIL, RUNNING, WAITING)
T = TypeVar("T")
# Attributes of a trial that are lists or objects; all others with our prefix are texts, numbers and booleans.
_STRUCTURES = (
    protocol.CONTRAST,
    protocol.START,
    protocol.BASELINE,
    protocol.CHAMPION,
    protocol.MEMORY,
    protocol.DISK_WRITTEN,
    protocol.GPUS,
    protocol.USER_ATTRIBUTES,
)


@dataclass(frozen=True, slots=True)
class Trial:
    """One trial. Only a complete one has `values`; `attributes` are Optuna's user attributes."""

    number: int
    state: str  # Optuna's words
    values: tuple[float, ...] = ()
    params: Mapping[str, Any] = field(default_factory=dict)
    seconds: float | None = None  # its duration; of a RUNNING one its age, by the database's clock
    completed: datetime | None = None  # by the database's clock; None when it was not recorded
    is_feasible: bool = True  # no constraint is broken
    attributes: Mapping[str, Any] = field(default_factory=dict)
    distributions: Mapping[str, BaseDistribution] | None = None  # None when it comes from a file

    @property
    def is_charged(self) -> bool:
        return self.attributes.get(protocol.CHARGED) is not False

    @property
    def is_finished(self) -> bool:
        """Return whether it ended and counts: COMPLETE, PRUNED, or failed by its own fault."""
        return self.state in (COMPLETE, PRUNED) or (self.state == FAIL and self.is_charged)

    @property
    def is_failed(self) -> bool:
        """Return whether it failed by its own fault."""
        return self.state == FAIL and self.is_charged

    @property
    def is_valued(self) -> bool:
        """Return whether it is complete, with finite values and no broken constraint."""
        return (
            self.state == COMPLETE
            and bool(self.values)
            and self.is_feasible
            and all(math.isfinite(value) for value in self.values)
        )

    @property
    def is_contrast(self) -> bool:
        """Return whether it belongs to a contrast pair, which never counts as elite."""
        return protocol.CONTRAST in self.attributes


def build_trial(
    number: int,
    state: str,
    params: Mapping[str, Any],
    values: Sequence[float | str] | None,
    seconds: float | None,
    attributes: Mapping[str, Any],
    *,
    completed: datetime | None = None,
    is_feasible: bool = True,
    distributions: Mapping[str, BaseDistribution] | None = None,
) -> Trial:
    """Return the trial of a plain row, of a database (`database.history`) or of a file (`cli.judge`).

    `completed` without a time zone is UTC, as Optuna writes it.
    """
    return Trial(
        number=number,
        state=state,
        # The values of a pruned trial are its last report, which no rule may compare.
        values=tuple(read_number(value) for value in values or ()) if state == COMPLETE else (),
        params={name: choice(value) for name, value in params.items()},
        seconds=seconds,
        completed=completed.replace(tzinfo=UTC) if completed is not None and completed.tzinfo is None else completed,
        is_feasible=is_feasible,
        attributes=_usable(attributes),
        distributions=distributions,
    )


def _usable(attributes: Mapping[str, Any]) -> Mapping[str, Any]:
    """Return the attributes without lists and objects where a worker writes plain values: rules count and compare them.

    Another program with a login to the database may have written them.
    """
    if not any(isinstance(value, list | dict) for value in attributes.values()):
        return attributes
    return {key: value for key, value in attributes.items() if not (_is_plain(key) and isinstance(value, list | dict))}


def _is_plain(key: str) -> bool:
    return key.startswith(protocol.ATTRIBUTE_PREFIX) and key not in _STRUCTURES


@dataclass(frozen=True, slots=True)
class UnreadableRow:
    """A parameter or an attribute of a trial that is left out, because it cannot be read or is too large."""

    number: int
    what: str  # parameter `lr`


class History:
    """Trials in the order of their numbers. Two histories are equal only when they are the same object.

    Therefore results that depend on one can be cached in it (`remember`), and no rule computes them twice.
    """

    def __init__(self, trials: tuple[Trial, ...], unreadable: tuple[UnreadableRow, ...] = ()) -> None:
        self.trials = tuple(sorted(trials, key=lambda trial: trial.number))
        self.unreadable = unreadable
        self._cache: dict[Hashable, Any] = {}

    @cached_property
    def finished(self) -> tuple[Trial, ...]:
        return tuple(trial for trial in self.trials if trial.is_finished)

    @cached_property
    def valued(self) -> tuple[Trial, ...]:
        """Return the valued trials, with those of contrast pairs."""
        return tuple(trial for trial in self.trials if trial.is_valued)

    @cached_property
    def searched(self) -> tuple[Trial, ...]:
        """Return the valued trials that the sampler chose, from which elite, shares, trends and ranks are computed."""
        return tuple(trial for trial in self.valued if not trial.is_contrast)

    @cached_property
    def running(self) -> tuple[Trial, ...]:
        return tuple(trial for trial in self.trials if trial.state == RUNNING)

    def before(self, number: int) -> History:
        """Return the history of the trials with a smaller number."""
        return History(tuple(trial for trial in self.trials if trial.number < number))

    def remember(self, key: Hashable, compute: Callable[[], T]) -> T:
        """Return the result of `compute` for `key`, computed once. It must depend on this history and `key` only."""
        if key not in self._cache:
            self._cache[key] = compute()
        return cast("T", self._cache[key])
