"""One sweep with a baseline trial, on a cluster and a database in memory. Used by `test_baseline_trial`."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from hposweep.api.conditions import Condition
from hposweep.api.sweep import Sweep
from hposweep.model.history import RUNNING, History, Trial
from hposweep.model.trials import RunningTrial
from tests.unit import world
from tests.unit.memory import MemoryCluster, MemoryStudies, made, passes
from tests.unit.preflight_world import CODE

JOB, SEARCH = "digits-baseline", "digits-search"


def sweep(**fields: Any) -> Sweep:
    return world.sweep(**{"baselineTrial": {"params": {}}, "objective": CODE, **fields})


class World:
    """One sweep on a cluster in memory, whose trials end when the test says so."""

    def __init__(self, of: Sweep | None = None) -> None:
        self.cluster, self.studies = MemoryCluster(of or sweep()), MemoryStudies()

    async def reconcile(self, count: int = 3) -> None:
        """Make passes by a new operator process, as after a restart."""
        await passes(made(self.cluster, self.studies), count)

    def trial(self, state: str, *values: float, **attributes: Any) -> None:
        """Move the last trial on to this state."""
        *others, last = self.studies.trials.trials
        last = replace(last, state=state, values=values, attributes={**last.attributes, **attributes})
        self.studies.trials = History((*others, last))
        assert self.studies.study is not None
        running = (RunningTrial(last.number, last.number, "pod-uid-0"),) if state == RUNNING else ()
        self.studies.study = replace(self.studies.study, running=running)

    def end_job(self, job: str = JOB, **pod: Any) -> None:
        fields = {"exit_code": 0, **pod}
        succeeded = fields["exit_code"] == 0
        phase = "Succeeded" if succeeded else "Failed"
        self.cluster.pods = (*self.cluster.pods, world.pod(len(self.cluster.pods), phase=phase, job=job, **fields))
        ended = {"is_complete": succeeded, "is_failed": not succeeded}
        self.cluster.jobs = tuple(replace(j, **ended) if j.name == job else j for j in self.cluster.jobs)

    def change(self, **fields: Any) -> None:
        held = self.cluster.held
        self.cluster.held = replace(held, spec=sweep(**fields).spec, generation=held.generation + 1)

    @property
    def created(self) -> list[str]:
        return [line.removeprefix("create ") for line in self.cluster.log if line.startswith("create ")]

    @property
    def condition(self) -> Condition:
        status = self.cluster.held.status
        assert status is not None
        condition = status.condition("BaselinePassed")
        assert condition is not None
        return condition

    @property
    def state(self) -> tuple[str, str, str]:
        assert self.cluster.held.status is not None
        return self.cluster.held.status.state, self.condition.status, self.condition.reason

    @property
    def trials(self) -> tuple[Trial, ...]:
        return self.studies.trials.trials
