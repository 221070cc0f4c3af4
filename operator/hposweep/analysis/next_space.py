"""The search space of the next sweep: an edit for each parameter, with its reason. Called by `cli.next`.

The rules are conservative: without enough evidence a parameter is kept, and the reason says what is missing.
docs/analysis.md has the rules, and how often they lose the optimum.
"""

from __future__ import annotations

import math
from collections.abc import Hashable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from hposweep.analysis.elite_bootstrap import EliteBootstrap, elite_bootstrap
from hposweep.analysis.importances import Importance, importances
from hposweep.analysis.next_choices import choices_edit
from hposweep.analysis.next_freeze import freeze
from hposweep.analysis.next_range import range_edit
from hposweep.analysis.space_edit import EditKind, SpaceEdit, domain_of, keep
from hposweep.analysis.view import StudyView
from hposweep.api.space import Choices, Parameter, size
from hposweep.judge.criteria.categorical import key
from hposweep.judge.sample import MIN_VALUED_TRIALS, sample
from hposweep.text import count


@dataclass(frozen=True, slots=True)
class SpaceLimits:
    """What the rest of the sweep's file demands of the space.

    `values`: those that must stay allowed, by parameter. `names`: parameters that other fields name, so that they must
    stay searched. `may_freeze`: there is a file with `objective.fixed`.
    """

    values: Mapping[str, Sequence[Any]] = field(default_factory=dict)
    names: frozenset[str] = frozenset()
    may_freeze: bool = False


@dataclass(frozen=True, slots=True)
class NextSpace:
    """One edit for each parameter, in the order of the space."""

    study: str
    comparable: int
    edits: tuple[SpaceEdit, ...]
    notes: tuple[str, ...]


def next_space(
    view: StudyView, space: Sequence[Parameter] | None = None, limits: SpaceLimits = SpaceLimits()
) -> NextSpace:
    """Return the edits of `space`, that of a sweep's file; of the space that the trials had without one."""
    rules = _Rules(view, limits)
    parameters = view.space if space is None else space
    edits = tuple(rules.edit(parameter) for parameter in parameters)
    if edits and all(edit.kind is EditKind.FREEZE for edit in edits):
        reason = "no parameter matters, but a search needs one"
        edits = tuple(keep(parameter, reason, len(view.trials)) for parameter in parameters)
    return NextSpace(view.study.name, len(view.trials), edits, tuple(_notes(view, edits)))


class _Rules:
    """The rules with what they share for one study."""

    def __init__(self, view: StudyView, limits: SpaceLimits) -> None:
        self.view = view
        self.limits = limits
        self.searched = {parameter.name: parameter for parameter in view.space}
        self._bootstraps: dict[Hashable, EliteBootstrap] = {}
        self._importances: dict[str, Importance] | None = None

    def edit(self, parameter: Parameter) -> SpaceEdit:
        trial_sample = sample(self.view.evidence, self.view.history, parameter.name)
        reason = self._reason(parameter, trial_sample.n)
        if reason:
            return keep(parameter, reason, trial_sample.n)
        bootstrap = self._bootstrap(parameter.name)
        protected = self.limits.values.get(parameter.name, ())
        if parameter.categorical is not None:
            edit = choices_edit(parameter, self.view.history, trial_sample, bootstrap, protected)
        else:
            numbers = trial_sample.numbers
            if numbers is None:
                return keep(parameter, "it was not always a number", trial_sample.n)
            values = [float(value) for value in protected if isinstance(value, int | float)]
            edit = range_edit(parameter, self.view, trial_sample, numbers, bootstrap, values)
        if edit.after != edit.before or not self._may_freeze(parameter.name, trial_sample.n):
            return edit
        return freeze(parameter, trial_sample, bootstrap, self._importance) or edit

    def _may_freeze(self, name: str, trials: int) -> bool:
        """Return whether there is a place for the value, one objective, and no branch that the parameter is in."""
        is_everywhere = trials == len(self.view.trials) and len(self.view.goals) == 1
        return self.limits.may_freeze and name not in self.limits.names and is_everywhere

    def _reason(self, parameter: Parameter, trials: int) -> str:
        """Return why the parameter is kept without looking at its values; "" when it is looked at."""
        searched = self.searched.get(parameter.name)
        if searched is None:
            return "no trial of the study has it"
        if parameter.name in self.view.changed:
            return "its range changed in mid-study, so that its trials cannot be compared"
        if not _is_same(parameter, searched):
            return "the file has another range than the study"
        if size(parameter) == 1:
            return "it has one value"
        if not math.isfinite(_width(parameter)):
            return "its range is too wide to compute with"
        if trials < MIN_VALUED_TRIALS:
            return f"{count(trials, 'comparable trial')} of at least {MIN_VALUED_TRIALS} that the rules need"
        values = np.array([trial.values for trial in self.view.trials], dtype=float)
        if (values == values[0]).all():
            return "all trials have the same value"
        return ""

    def _bootstrap(self, name: str) -> EliteBootstrap:
        """Return the bootstrap of the trials that have the parameter; most parameters share one."""
        trials = [trial for trial in self.view.trials if name in trial.params]
        identity = len(trials) if len(trials) == len(self.view.trials) else name
        if identity not in self._bootstraps:
            directions = [goal.is_maximized for goal in self.view.goals]
            self._bootstraps[identity] = elite_bootstrap(trials, directions)
        return self._bootstraps[identity]

    def _importance(self, name: str) -> Importance | None:
        if self._importances is None:
            self._importances = {item.parameter: item for item in importances(self.view, 0).parameters}
        return self._importances.get(name)


def _width(parameter: Parameter) -> float:
    bounds = parameter.float_ or parameter.int_
    return 0.0 if bounds is None else float(bounds.high) - float(bounds.low)


def _is_same(first: Parameter, second: Parameter) -> bool:
    """Return whether the file's parameter is that of the study, so that both have the same values."""
    mine, yours = domain_of(first), domain_of(second)
    if isinstance(mine, Choices) or isinstance(yours, Choices):
        both = [item.choices for item in (mine, yours) if isinstance(item, Choices)]
        return len(both) == 2 and set(map(key, both[0])) == set(map(key, both[1]))
    is_same_start = (mine.low, mine.log, mine.step or 1) == (yours.low, yours.log, yours.step or 1)
    is_same_end = mine.high == yours.high or size(first) is not None  # Optuna moves the upper bound onto a step
    return type(mine) is type(yours) and is_same_start and is_same_end and size(first) == size(second)


def _notes(view: StudyView, edits: Sequence[SpaceEdit]) -> list[str]:
    names = {edit.parameter for edit in edits}
    missing = [f"`{parameter.name}`" for parameter in view.space if parameter.name not in names]
    notes = list(view.study.notes)
    if missing:
        notes.append(f"Not in `spec.searchSpace`, so nothing is proposed for {', '.join(missing)}.")
    if not edits:
        notes.append("The study has no parameter.")
    return notes
