"""The input of all rules of health, in one argument. Built by `findings` and `next_check`, once per judgement."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from hposweep.api.spec import Spec, StudyObjectiveSpec
from hposweep.judge.evidence import Evidence
from hposweep.model.history import WAITING, History, Trial


@dataclass(frozen=True, slots=True)
class View:
    """A study that could be read. `now` is compared with ages and finish times, but never part of a message."""

    spec: Spec
    evidence: Evidence
    history: History
    workers_running: int
    now: datetime

    @property
    def goal(self) -> StudyObjectiveSpec:
        """Return the first objective, the only one that rules about values look at."""
        return self.evidence.goals[0]

    @property
    def sign(self) -> float:
        """Return the factor that makes higher values of the first objective better."""
        return 1.0 if self.goal.is_maximized else -1.0

    @property
    def is_live(self) -> bool:
        """Return whether trials can run and finish at this moment."""
        return self.workers_running > 0 and not self.evidence.has_ended

    @property
    def chosen(self) -> tuple[Trial, ...]:
        """Return the trials whose parameters the sampler chose: no retries of lost trials, no contrast pairs."""
        return self.history.remember(
            "health.chosen",
            lambda: tuple(
                trial
                for trial in self.history.trials
                if trial.state != WAITING and trial.is_charged and not trial.is_contrast
            ),
        )
