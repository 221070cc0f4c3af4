"""The study as all modules of the analysis see it: the evidence of `judge`, made of any study. Built by `analyze`."""

from __future__ import annotations

from collections.abc import Hashable
from dataclasses import dataclass
from functools import cached_property

from optuna.distributions import (
    BaseDistribution,
    CategoricalDistribution,
    FloatDistribution,
    IntDistribution,
    distribution_to_json,
)

from hposweep.api.space import Choices, FloatRange, IntRange, Parameter, choice
from hposweep.api.spec import StudyObjectiveSpec
from hposweep.judge.criteria.categorical import key
from hposweep.judge.evidence import Evidence
from hposweep.judge.study_from_trials import study_of
from hposweep.model.history import History, Trial
from hposweep.model.stored_study import StoredStudy

VALUE = "value"


@dataclass(frozen=True, eq=False)
class StudyView:
    """A study with the search space that its trials had. `changed` names parameters with several ranges."""

    study: StoredStudy
    evidence: Evidence
    changed: tuple[str, ...]

    @property
    def goals(self) -> tuple[StudyObjectiveSpec, ...]:
        return self.evidence.goals

    @property
    def history(self) -> History:
        return self.study.history

    @property
    def space(self) -> tuple[Parameter, ...]:
        return self.evidence.space

    @cached_property
    def trials(self) -> tuple[Trial, ...]:
        """Return the trials that can be compared: complete, finite, feasible, and no contrast trials."""
        return tuple(trial for trial in self.history.searched if len(trial.values) == len(self.goals))


def view_of(study: StoredStudy) -> StudyView:
    names = study.metrics or _default_names(len(study.directions))
    goals = tuple(
        StudyObjectiveSpec(name, direction.capitalize())
        for name, direction in zip(names, study.directions, strict=True)
    )
    by_name = _distributions(study.history)
    space = tuple(parameter_of(name, tuple(by_name[name].values())) for name in sorted(by_name))
    changed = tuple(name for name in sorted(by_name) if len(by_name[name]) > 1)
    verdict_view = study_of(study.history, goals, name=study.name)
    return StudyView(study, Evidence(goals, space, verdict_view, study.history, has_ended=True), changed)


def parameter_of(name: str, distributions: tuple[BaseDistribution, ...]) -> Parameter:
    """Return the parameter with the widest range that any trial had, and all choices."""
    numeric = [item for item in distributions if isinstance(item, FloatDistribution | IntDistribution)]
    if numeric and len(numeric) == len(distributions):
        low, high = min(item.low for item in numeric), max(item.high for item in numeric)
        is_log, step = numeric[-1].log and low > 0, numeric[-1].step
        if all(isinstance(item, IntDistribution) for item in numeric):
            return Parameter(name, int_=IntRange(int(low), int(high), is_log, int(step or 1)))
        return Parameter(name, float_=FloatRange(low, high, is_log, step))
    choices: dict[Hashable, object] = {}
    for item in distributions:
        values = item.choices if isinstance(item, CategoricalDistribution) else ()
        for value in map(choice, values):
            choices.setdefault(key(value), value)
    return Parameter(name, categorical=Choices(tuple(choices.values())))


def _default_names(objectives: int) -> tuple[str, ...]:
    return (VALUE,) if objectives == 1 else tuple(f"{VALUE} {place}" for place in range(objectives))


def _distributions(history: History) -> dict[str, dict[str, BaseDistribution]]:
    """Return the different distributions of each parameter by their JSON, in the order of the trials.

    A distribution whose choices are lists has no hash.
    """
    by_name: dict[str, dict[str, BaseDistribution]] = {}
    last: dict[str, BaseDistribution] = {}
    for trial in history.trials:
        for name, distribution in (trial.distributions or {}).items():
            if last.get(name) is not distribution:  # the reader shares equal ones, and JSON is slow
                last[name] = distribution
                by_name.setdefault(name, {})[distribution_to_json(distribution)] = distribution
    return by_name
