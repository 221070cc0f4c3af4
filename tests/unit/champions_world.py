"""One sweep with champions, on a cluster and a database with two studies in memory. Used by `test_champions`."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from hposweep.analysis_pass import AnalysisPass
from hposweep.api.champions import ChampionsStatus
from hposweep.api.conditions import Condition
from hposweep.api.sweep import Sweep
from hposweep.model.enqueueing import EnqueueChampions, Enqueueing
from hposweep.model.history import COMPLETE, FAIL, RUNNING, WAITING, History, Trial
from hposweep.model.plan import FailTrials, SetControl, SetImages, SetSource
from hposweep.model.trials import Counts, RunningTrial, Study
from tests.unit import world
from tests.unit.memory import MemoryCluster, MemoryDatabases, MemoryStudies, made, passes

JOB, SEARCH = "digits-champions", "digits-search"
SECOND_ID = 8


def sweep(**fields: Any) -> Sweep:
    return world.sweep(**{"champions": {"top": 2, "seeds": 2}, "trials": {"max": 4}, **fields})


class TwoStudies(MemoryStudies):
    """A database with the study of the search, and that of the champions in `second`."""

    def __init__(self) -> None:
        super().__init__()
        self.second = MemoryStudies()

    def read(self, name: str, maximized: Sequence[bool]) -> Study | None:
        return self.second.read(name, maximized) if name.endswith(".champions") else super().read(name, maximized)

    def history(self, study_id: int, counts: Counts) -> History:
        return self.second.trials if study_id == SECOND_ID else super().history(study_id, counts)

    def create(self, name: str, directions: Any, metric_names: Any, owner: str, identity: Any, earlier: str) -> None:
        if not name.endswith(".champions"):
            super().create(name, directions, metric_names, owner, identity, earlier)
            return
        before = self.second.study or Study(SECOND_ID, name)
        if before.owner not in (None, earlier or None):
            return
        existing = before.counts.charged if before.owner is None else before.existing  # as `database.ownership` does
        counts = before.counts
        self.second.study = Study(SECOND_ID, name, owner=owner, sweep=identity, existing=existing, counts=counts)

    def set_control(self, action: SetControl) -> None:
        if action.study_id == SECOND_ID:
            self.second.set_control(action)
        else:
            super().set_control(action)

    def set_images(self, action: SetImages) -> None:
        if action.study_id == SECOND_ID:
            self.second.set_images(action)
        else:
            super().set_images(action)

    def set_source(self, action: SetSource) -> None:
        if action.study_id == SECOND_ID:
            self.second.set_source(action)
        else:
            super().set_source(action)

    def reap(self, action: FailTrials) -> int:
        return self.second.reap(action) if action.study_id == SECOND_ID else super().reap(action)

    def enqueue(self, action: Enqueueing) -> int:
        if not isinstance(action, EnqueueChampions):
            return super().enqueue(action)
        first = len(self.second.trials.trials)
        trials = (Trial(first + n, WAITING, attributes=entry.attributes) for n, entry in enumerate(action.trials))
        self.second.trials = History((*self.second.trials.trials, *trials))
        return len(action.trials)

    def disown(self, study_id: int, owner: str) -> None:
        self.second.disown(study_id, owner)
        super().disown(study_id, owner)

    def delete(self, name: str) -> None:
        self.second.delete(name)
        super().delete(name)


class World:
    """A sweep whose trials end when the test says so."""

    def __init__(self, of: Sweep | None = None, *, image: str = "", cluster_id: str = "") -> None:
        """`image`: of the analyses, "" for an operator that makes none."""
        self.cluster, self.studies = MemoryCluster(of or sweep(), id=cluster_id), TwoStudies()
        self.image, self.now = image, world.NOON

    async def reconcile(self, count: int = 3) -> float | None:
        """Make passes by a new operator process, as after a restart."""
        databases = MemoryDatabases(self.studies)
        analysis = AnalysisPass(self.cluster, databases, self.image) if self.image else None  # type: ignore[arg-type]
        operator = made(self.cluster, self.studies, analysis=analysis, clock=lambda: self.now)
        return (await passes(operator, count))[-1]

    async def end_search(self, *values: float) -> None:
        """Start the search, complete a trial for each value, and end its Job."""
        await self.reconcile()
        self.studies.trials = History(
            tuple(Trial(n, COMPLETE, (value,), {"x": float(n)}) for n, value in enumerate(values))
        )
        assert self.studies.study is not None
        self.studies.study = replace(self.studies.study, counts=Counts(complete=len(values)))
        self.end_job(SEARCH)
        await self.reconcile(1)

    def end_job(self, job: str = JOB, **pod: Any) -> None:
        code = pod.pop("exit_code", 0)
        phase = "Failed" if code else "Succeeded"
        self.cluster.pods = (
            *self.cluster.pods,
            world.pod(len(self.cluster.pods), phase=phase, job=job, exit_code=code, **pod),
        )
        ended = {"is_complete": not code, "is_failed": bool(code)}
        self.cluster.jobs = tuple(replace(j, **ended) if j.name == job else j for j in self.cluster.jobs)

    def train(self, *values: float | str) -> None:
        """End the first trials of champions: each with a value, or in a state."""
        trials = list(self.studies.second.trials.trials)
        for place, value in enumerate(values):
            state, result = (value, ()) if isinstance(value, str) else (COMPLETE, (value,))
            trials[place] = replace(trials[place], state=state, values=result)
        states = [trial.state for trial in trials]
        running = tuple(RunningTrial(t.number, t.number, "pod-uid-7") for t in trials if t.state == RUNNING)
        counts = Counts(
            complete=states.count(COMPLETE),
            failed=states.count(FAIL),
            running=len(running),
            waiting=states.count(WAITING),
        )
        assert self.studies.second.study is not None
        self.studies.second.trials = History(tuple(trials))
        self.studies.second.study = replace(self.studies.second.study, counts=counts, running=running)

    def change(self, **fields: Any) -> None:
        held = self.cluster.held
        self.cluster.held = replace(held, spec=sweep(**fields).spec, generation=held.generation + 1)

    @property
    def created(self) -> list[str]:
        return [line.removeprefix("create ") for line in self.cluster.log if line.startswith("create ")]

    @property
    def condition(self) -> Condition:
        assert self.cluster.held.status is not None
        condition = self.cluster.held.status.condition("ChampionsValidated")
        assert condition is not None
        return condition

    @property
    def reason(self) -> tuple[str, str]:
        return self.condition.status, self.condition.reason

    @property
    def table(self) -> ChampionsStatus:
        assert self.cluster.held.status is not None
        assert self.cluster.held.status.champions is not None
        return self.cluster.held.status.champions

    @property
    def marks(self) -> list[tuple[int, int]]:
        """Rank and seed of each trial of champions."""
        attributes = (trial.attributes["hposweep:champion"] for trial in self.studies.second.trials.trials)
        return [(mark["rank"], mark["seed"]) for mark in attributes]
