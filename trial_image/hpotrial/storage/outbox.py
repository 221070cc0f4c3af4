"""Pending writes of the running trial, in order, until flushed.

Each may be written twice without harm: parameters and steps keep the first value, attributes the last, and the end is a
compare-and-set. `study_storage` fills and sends it.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from optuna.distributions import BaseDistribution
from optuna.trial import TrialState

from hpotrial.storage.rows import stored_number, write_distribution


@dataclass(slots=True)
class Outbox:
    """The pending writes of one trial. `parts` holds those that one statement (`sql.write`) sends."""

    trial_id: int
    since: float | None = None  # time of the oldest entry
    _parts: dict[str, Any] = field(default_factory=dict)

    def __bool__(self) -> bool:
        return bool(self._parts)

    def param(self, name: str, value: float, distribution: BaseDistribution, now: float) -> None:
        self._list("params", now).append([name, repr(float(value)), write_distribution(distribution)])

    def step(self, step: int, value: float, now: float) -> None:
        self._list("steps", now).append([step, *stored_number(value)])

    def user(self, key: str, value: Any, now: float) -> None:
        self._map("user", now)[key] = json.dumps(value)

    def system(self, key: str, value: Any, now: float) -> None:
        self._map("system", now)[key] = json.dumps(value)

    def end(self, state: TrialState, values: Sequence[float] | None, now: float) -> None:
        self._touch(now)
        self._parts["state"] = state.name
        if values is not None:
            self._parts["values"] = [[place, *stored_number(value)] for place, value in enumerate(values)]

    @property
    def parts(self) -> Mapping[str, Any]:
        """Return the parts' names, and their parameters for one statement."""
        return {name: part if isinstance(part, str) else json.dumps(part) for name, part in self._parts.items()}

    def clear(self) -> None:
        self._parts.clear()
        self.since = None

    def _list(self, name: str, now: float) -> list[Any]:
        self._touch(now)
        return self._parts.setdefault(name, [])  # type: ignore[no-any-return]

    def _map(self, name: str, now: float) -> dict[str, str]:
        self._touch(now)
        return self._parts.setdefault(name, {})  # type: ignore[no-any-return]

    def _touch(self, now: float) -> None:
        if self.since is None:
            self.since = now
