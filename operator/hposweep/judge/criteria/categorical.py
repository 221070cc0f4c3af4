"""The choices of a categorical parameter: which there are, who made them, and which are better at equal age.

`elite_share` and `clear_trend` ask.
"""

from __future__ import annotations

import json
from collections.abc import Hashable, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from hposweep.api.space import Parameter
from hposweep.judge.evidence import Evidence
from hposweep.judge.sample import Sample, block, counted, is_number, sample
from hposweep.judge.statistics import stratified_by_group
from hposweep.model.history import History

# More kinds of values than this are not choices between which anybody compares.
MOST_CHOICES = 100


@dataclass(frozen=True, slots=True, eq=False)
class Made:
    """Which trial made which choice, in the order of the sample; `values` has one spelling of each."""

    values: Mapping[Hashable, Any]  # by key
    codes: NDArray[np.int64]  # places in `values`

    def by(self, choice: Any) -> NDArray[np.bool_]:
        wanted = key(choice)
        place = next((place for place, name in enumerate(self.values) if name == wanted), -1)
        return np.equal(self.codes, place)


def parameter_named(evidence: Evidence, name: str) -> Parameter | None:
    """None when the objective defines its own space."""
    return next((parameter for parameter in evidence.space if parameter.name == name), None)


def key(value: Any) -> Hashable:
    """Equal for equal choices. 1 and 1.0 are one choice, 1 and true are two, whatever Python thinks."""
    if isinstance(value, bool):
        return ("boolean", value)
    if isinstance(value, int | float):
        return ("number", float(value))
    return value if isinstance(value, str) or value is None else json.dumps(value, sort_keys=True, default=str)


def label(value: Any) -> str:
    """As people write it."""
    return value if isinstance(value, str) else json.dumps(value, default=str)


def made(history: History, parameter: str, drawn: Sample) -> Made:
    """`drawn`: any sample of that parameter; they differ in worth only."""
    return history.remember(("made", parameter), lambda: _made(drawn))


def choices(evidence: Evidence, history: History, parameter: str, drawn: Sample) -> tuple[Any, ...]:
    """All that could be chosen: the spec's, and others that an adopted study has. Empty: they are not choices."""
    declared = parameter_named(evidence, parameter)
    if declared is not None and declared.categorical is None:
        return ()
    known = {key(value): value for value in (declared.categorical.choices if declared and declared.categorical else ())}
    seen = {name: value for name, value in made(history, parameter, drawn).values.items() if name not in known}
    if declared is None and any(is_number(value) and value != int(value) for value in seen.values()):
        return ()
    found = (*known.values(), *(seen[name] for name in sorted(seen, key=str)))
    return found if len(found) <= MOST_CHOICES else ()


def p_better(
    evidence: Evidence, history: History, parameter: str, choice: Any, objective: int | None = None
) -> float | None:
    """One-sided p that the trials with this choice are better than others of their age; not corrected."""
    drawn = sample(evidence, history, parameter, objective)
    asked = ("p better", parameter, key(choice), counted(evidence, objective), evidence.goals, block(evidence))
    return history.remember(
        asked, lambda: stratified_by_group(drawn.ranked, made(history, parameter, drawn).by(choice))
    )


def _made(drawn: Sample) -> Made:
    """Equal values are looked up by type and value first: `key` is slow for ten thousand of them."""
    places: dict[Hashable, int] = {}
    values: dict[Hashable, Any] = {}
    known: dict[Hashable, int] = {}
    codes = []
    for value in drawn.column:
        spelled: Hashable = key(value) if isinstance(value, list | dict) else (type(value), value)
        if spelled not in known:
            name = key(value)
            values.setdefault(name, value)
            known[spelled] = places.setdefault(name, len(places))
        codes.append(known[spelled])
    return Made(values, np.array(codes, dtype=np.int64))
