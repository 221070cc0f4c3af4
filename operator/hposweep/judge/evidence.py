"""All that a criterion may look at, in one argument. Made by `classify` and by `cli.classify`, once per judgement."""

from __future__ import annotations

from dataclasses import dataclass, replace

from hposweep.api.space import Parameter
from hposweep.api.spec import StudyObjectiveSpec
from hposweep.model.baseline import Baseline
from hposweep.model.history import History
from hposweep.model.trials import Study


@dataclass(frozen=True, slots=True)
class Evidence:
    """`study` and `history` are None when the database could not be read: then nothing can be told."""

    goals: tuple[StudyObjectiveSpec, ...]
    space: tuple[Parameter, ...]
    study: Study | None
    history: History | None
    baseline: Baseline | None = None
    workers: int = 1
    has_ended: bool = False

    def goal(self, name: str | None) -> tuple[int, StudyObjectiveSpec]:
        """The objective of that name and its place; the first when none is named."""
        return next(((place, goal) for place, goal in enumerate(self.goals) if goal.name == name), (0, self.goals[0]))

    def ended(self) -> Evidence:
        return replace(self, has_ended=True)
