"""The predicates that the planner decides by, over one pass of a sweep whose study exists. Called by `planner`."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from hposweep.api.names import SEARCH_PHASE
from hposweep.api.sweep import Sweep
from hposweep.model.observation import Observation
from hposweep.model.plan import SetControl
from hposweep.model.trials import Study
from hposweep.model.verdicts import Verdicts
from hposweep.model.workers import Job, Workers
from hposweep.plan.control import desired_control


@dataclass(frozen=True, slots=True)
class Situation:
    """Built once per pass by `situation_of`."""

    sweep: Sweep
    search: Workers
    verdicts: Verdicts
    study: Study
    control: SetControl  # as it should be
    latest_job: Job | None
    latest_attempt: int
    now: datetime
    phase: str = SEARCH_PHASE

    @property
    def may_run(self) -> bool:
        """Workers may exist: a fault that is found after the search has started must not cost running trials."""
        return self.is_approved and (self.verdicts.may_start or self.search.has_started)

    @property
    def is_approved(self) -> bool:
        """No person has to approve what runs, or one did and nothing of it has changed."""
        return self.verdicts.approval.is_open

    @property
    def control_applied(self) -> bool:
        """The study holds the control block that it should, so workers obey it from their next poll on."""
        return self.study.control == self.control.value

    @property
    def breaker_open(self) -> bool:
        return self.study.breaker is not None

    @property
    def is_ending(self) -> bool:
        """The sweep has failed and is only waiting for its workers to end."""
        return self.verdicts.pending_end is not None

    @property
    def is_stopping(self) -> bool:
        """The user, a decision or a deadline stops the sweep."""
        return self.verdicts.stop is not None

    @property
    def is_terminating(self) -> bool:
        """The stop ends running trials at once."""
        return self.verdicts.stop is not None and self.verdicts.stop.is_terminating

    @property
    def is_draining(self) -> bool:
        """The sweep is stopping, and its workers can know it."""
        return self.is_stopping and self.control_applied

    @property
    def has_budget(self) -> bool:
        """A further trial may be asked for."""
        return self.study.counts.charged < self.sweep.spec.trials.max and not self.study.is_stopped

    @property
    def has_finished(self) -> bool:
        """Every trial of the budget has finished, or the sampler or the objective has stopped the study."""
        return self.study.counts.finished >= self.sweep.spec.trials.max or self.study.is_stopped


def situation_of(
    sweep: Sweep, observation: Observation, verdicts: Verdicts, study: Study, phase: str = SEARCH_PHASE
) -> Situation:
    """Build the situation of one pass. `phase`: of the Jobs that run the trials."""
    job, attempt = observation.search.latest_job(sweep.name, phase)
    return Situation(
        sweep=sweep,
        search=observation.search,
        verdicts=verdicts,
        study=study,
        control=desired_control(sweep, observation, study, verdicts),
        latest_job=job,
        latest_attempt=attempt,
        now=observation.now,
        phase=phase,
    )
