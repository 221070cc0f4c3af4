"""The choices of a categorical parameter: which exist, which trial has which, and which are better at equal age.

`elite_share` and `clear_trend` use it.
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

# More different values than this are no choices that a user would compare.
MAX_CHOICES = 100


@dataclass(frozen=True, slots=True, eq=False)
class TrialChoices:
    """The choice of every trial, in the order of the sample; `values` has one spelling of each choice."""

    values: Mapping[Hashable, Any]  # by key
    codes: NDArray[np.int64]  # positions in `values`

    def has(self, choice: Any) -> NDArray[np.bool_]:
        """Tell for every trial whether it has this choice."""
        position = next((position for position, name in enumerate(self.values) if name == key(choice)), -1)
        return np.equal(self.codes, position)


def parameter_named(evidence: Evidence, name: str) -> Parameter | None:
    """Return the declared parameter; None when the objective defines its own space."""
    return next((parameter for parameter in evidence.space if parameter.name == name), None)


def key(value: Any) -> Hashable:
    """Return equal keys for equal choices: 1 and 1.0 are one choice, 1 and true are two (unlike in Python)."""
    if isinstance(value, bool):
        return ("boolean", value)
    if isinstance(value, int | float):
        return ("number", float(value))
    return value if isinstance(value, str) or value is None else json.dumps(value, sort_keys=True, default=str)


def label(value: Any) -> str:
    """Return the choice as users write it."""
    return value if isinstance(value, str) else json.dumps(value, default=str)


def trial_choices(history: History, parameter: str, trial_sample: Sample) -> TrialChoices:
    """Return the choice of every trial. All samples of a parameter have the same: they differ in the score only."""
    return history.remember(("choices", parameter), lambda: _trial_choices(trial_sample))


def choices(evidence: Evidence, history: History, parameter: str, trial_sample: Sample) -> tuple[Any, ...]:
    """Return the choices of the spec and others that an adopted study has; empty when the values are numbers."""
    declared = parameter_named(evidence, parameter)
    if declared is not None and declared.categorical is None:
        return ()
    of_spec = {
        key(value): value for value in (declared.categorical.choices if declared and declared.categorical else ())
    }
    sampled = trial_choices(history, parameter, trial_sample).values
    others = {name: value for name, value in sampled.items() if name not in of_spec}
    if declared is None and any(is_number(value) and value != int(value) for value in others.values()):
        return ()
    union = (*of_spec.values(), *(others[name] for name in sorted(others, key=str)))
    return union if len(union) <= MAX_CHOICES else ()


def p_better(
    evidence: Evidence, history: History, parameter: str, choice: Any, objective: int | None = None
) -> float | None:
    """Return the one-sided p that trials with this choice are better than others of their age; not corrected."""
    trial_sample = sample(evidence, history, parameter, objective)
    memo = ("p better", parameter, key(choice), counted(evidence, objective), evidence.goals, block(evidence))
    return history.remember(
        memo,
        lambda: stratified_by_group(trial_sample.ranked, trial_choices(history, parameter, trial_sample).has(choice)),
    )


def _trial_choices(trial_sample: Sample) -> TrialChoices:
    """Number the choices. Type and value are the first key, because `key` is slow for ten thousand values."""
    positions: dict[Hashable, int] = {}
    values: dict[Hashable, Any] = {}
    by_spelling: dict[Hashable, int] = {}
    codes = []
    for value in trial_sample.column:
        spelling: Hashable = key(value) if isinstance(value, list | dict) else (type(value), value)
        if spelling not in by_spelling:
            name = key(value)
            values.setdefault(name, value)
            by_spelling[spelling] = positions.setdefault(name, len(positions))
        codes.append(by_spelling[spelling])
    return TrialChoices(values, np.array(codes, dtype=np.int64))
