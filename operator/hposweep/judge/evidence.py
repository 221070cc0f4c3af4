"""The input of all criteria, in one argument. Built by `judge` and by `cli.judge`, once per judgement."""

from __future__ import annotations

from dataclasses import dataclass, replace

from hposweep.api.decisions import Answer
from hposweep.api.space import Parameter
from hposweep.api.spec import StudyObjectiveSpec
from hposweep.gpu_weights import BUILT_IN_WEIGHTS, GpuWeights
from hposweep.model.baseline import Baseline
from hposweep.model.champions import ChampionsResult
from hposweep.model.history import History
from hposweep.model.trials import Study


@dataclass(frozen=True, slots=True)
class Evidence:
    """`study` and `history` are None when the database could not be read; verdicts are then Unknown."""

    goals: tuple[StudyObjectiveSpec, ...]
    space: tuple[Parameter, ...]
    study: Study | None
    history: History | None
    baseline: Baseline | None = None
    workers: int = 1
    has_ended: bool = False
    gpu_weights: GpuWeights = BUILT_IN_WEIGHTS
    answers: tuple[Answer, ...] = ()
    champions: ChampionsResult | None = None  # None until they are trained

    def goal(self, name: str | None) -> tuple[int, StudyObjectiveSpec]:
        """Return the objective of that name and its index; the first one when no name is given."""
        return next(((place, goal) for place, goal in enumerate(self.goals) if goal.name == name), (0, self.goals[0]))

    def ended(self) -> Evidence:
        """Return the same evidence, as that of a sweep that has ended."""
        return replace(self, has_ended=True)
