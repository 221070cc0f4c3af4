"""The next choices of a categorical parameter: those that the best trials have not are dropped. Called by `next_space`.

A choice is dropped only when it was tried often, no best trial has it, and trials of the same age are better.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from hposweep.analysis.elite_bootstrap import EliteBootstrap
from hposweep.analysis.space_edit import EditKind, SpaceEdit, domain_of, keep
from hposweep.api.space import Choices, Parameter, is_among
from hposweep.judge.criteria.categorical import label, trial_choices
from hposweep.judge.sample import Sample
from hposweep.judge.statistics import stratified_by_group
from hposweep.model.history import History
from hposweep.text import truncate

MIN_CHOICE_TRIALS = 10
MAX_P_WORSE = 0.02  # divided by the number of choices
MAX_NAMES, MAX_NAME_CHARACTERS = 6, 40  # in the reason
MAX_LIFT = 0.1  # of the elites of bootstrap samples, against all trials


def choices_edit(
    parameter: Parameter,
    history: History,
    trial_sample: Sample,
    bootstrap: EliteBootstrap,
    protected: Sequence[Any],
) -> SpaceEdit:
    """Return the edit of one categorical parameter. `protected` choices stay."""
    assert parameter.categorical is not None  # noqa: S101  # called for these only
    by_trial, choices = trial_choices(history, parameter.name, trial_sample), parameter.categorical.choices
    worst = 0.0
    drops: list[Any] = []
    trials = 0
    for choice in choices:
        members = by_trial.has(choice)
        p = _p_worse(trial_sample, bootstrap, members)
        if p is not None and p <= MAX_P_WORSE / len(choices) and not is_among(choice, protected):
            drops.append(choice)
            worst, trials = max(worst, p), trials + int(members.sum())
    if not drops:
        return keep(
            parameter, "each choice is in the best trials, tried too rarely, or not clearly worse", trial_sample.n
        )
    rest = tuple(choice for choice in choices if not is_among(choice, drops))
    reason = (
        f"none of the {len(trial_sample.elite)} best trials has {_names(drops)} ({trials} trials), and trials of "
        "the same age are better"
    )
    return SpaceEdit(
        parameter.name, EditKind.DROP, domain_of(parameter), Choices(rest), reason, trial_sample.n, 1 - worst
    )


def _names(choices: Sequence[Any]) -> str:
    shown = [truncate(label(choice), MAX_NAME_CHARACTERS) for choice in choices[:MAX_NAMES]]
    return ", ".join([*shown, *([f"{len(choices) - MAX_NAMES} more"] if len(choices) > MAX_NAMES else [])])


def _p_worse(
    trial_sample: Sample, bootstrap: EliteBootstrap, members: np.ndarray[Any, np.dtype[np.bool_]]
) -> float | None:
    """Return the chance that the choice is no worse; None when it must stay anyway."""
    n = int(members.sum())
    if n < MIN_CHOICE_TRIALS or members[trial_sample.elite].any():
        return None
    lift = float(members[bootstrap.samples].mean()) / (n / trial_sample.n)
    p_better = stratified_by_group(trial_sample.ranked, members)
    return None if lift > MAX_LIFT or p_better is None else 1 - p_better
