"""Whole passes over a sweep whose study starts with known points: enqueued once, before the first worker."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

from hposweep.api.sweep import Sweep
from hposweep.model.history import COMPLETE, History
from hposweep.model.study_start import Candidate
from hposweep.model.trials import Counts, Study
from tests import builders
from tests.unit import world
from tests.unit.memory import MemoryCluster, MemoryStudies, made, passes


@dataclass(eq=False)
class Database(MemoryStudies):
    """Also has study `v2`, when that has trials."""

    best: Sequence[Candidate] = ()
    reads_of_other: int = 0

    def read(self, name: str, maximized: Sequence[bool]) -> Study | None:
        if name != "v2":
            return super().read(name, maximized)
        self.reads_of_other += 1
        return Study(3, "v2", ("MAXIMIZE",), counts=Counts(complete=len(self.best)))

    def candidates(self, study_id: int, maximize: Sequence[bool], limit: int) -> list[Candidate]:
        return list(self.best)


def sweep(**study: Any) -> Sweep:
    return world.sweep(study=builders.study(**study))


def enqueued(studies: MemoryStudies) -> int:
    return len(studies.trials.trials)


async def test_points_are_enqueued_once_whatever_operator_makes_the_pass() -> None:
    cluster, studies = MemoryCluster(sweep(enqueue=[{"x": 1}, {"x": 2}])), Database()
    for _ in range(4):
        await passes(made(cluster, studies), 1)
    assert enqueued(studies) == 2
    assert [entry for entry in cluster.log if entry.startswith("create")] == ["create digits-search"]
    status = cluster.held.status
    assert status is not None
    assert status.study_start is not None
    assert (status.study_start.points, status.study_start.waiting) == (2, 2)


async def test_a_pass_that_ends_before_the_job_leaves_the_points_and_the_next_adds_none() -> None:
    cluster, studies = MemoryCluster(sweep(enqueue=[{"x": 1}])), Database()
    await passes(made(cluster, studies), 2)
    cluster.jobs, cluster.held = (), replace(cluster.held, status=None)
    await passes(made(cluster, studies), 2)
    assert enqueued(studies) == 1


async def test_a_sweep_waits_for_the_study_that_it_starts_from() -> None:
    cluster, studies = MemoryCluster(sweep(warmStart=[{"study": "v2"}])), Database()
    await passes(made(cluster, studies), 2)
    status = cluster.held.status
    assert status is not None
    accepted = status.condition("Accepted")
    assert accepted is not None
    assert (accepted.status, accepted.reason, status.state) == ("False", "WarmStartUnusable", "Pending")
    assert studies.study is None
    assert cluster.jobs == ()
    studies.best = (Candidate(4, {"x": 3.0}),)
    await passes(made(cluster, studies), 3)
    assert enqueued(studies) == 1
    reads = studies.reads_of_other
    await passes(made(cluster, studies), 2)
    assert (studies.reads_of_other, len(cluster.jobs)) == (reads, 1)
    assert cluster.held.status is not None
    assert cluster.held.status.study_start is not None
    assert cluster.held.status.study_start.message == "1 trial of study `v2` (number 4)"


async def test_trials_that_do_not_count_raise_the_budget_of_workers_and_status() -> None:
    cluster, studies = MemoryCluster(sweep(adopt=True, countExisting=False)), Database()
    await passes(made(cluster, studies), 1)
    assert studies.study is not None
    studies.study = replace(studies.study, existing=12, counts=Counts(complete=14))
    studies.trials = History(tuple(replace(trial, state=COMPLETE) for trial in studies.trials.trials))
    await passes(made(cluster, studies), 2)
    assert studies.study.control is not None
    assert studies.study.control["maxTrials"] == 22
    status = cluster.held.status
    assert status is not None
    assert (status.trials.max, status.trials.existing, status.progress) == (22, 12, "14/22")
    assert cluster.held.spec.trials.max == 10
    studies.study = replace(studies.study, owner="another")
    await passes(made(cluster, studies), 1)
    assert cluster.held.status is not None
    assert cluster.held.status.trials.max == 22, "the status knows the number"
