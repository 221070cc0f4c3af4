"""The release of a deleted sweep: `deletionPolicy` decides about its own study, and about no other."""

from __future__ import annotations

from dataclasses import replace

import pytest

from hposweep.model.trials import RunningTrial, Study
from tests.unit import world
from tests.unit.memory import MemoryCluster, MemoryStudies, made

POLICIES = ["Delete", "Retain"]


def deleted_sweep(policy: str) -> MemoryCluster:
    return MemoryCluster(replace(world.sweep(deletionPolicy=policy), is_deleting=True))


def own_study(cluster: MemoryCluster) -> Study:
    return world.study(cluster.held, complete=3)


async def release(cluster: MemoryCluster, studies: MemoryStudies) -> bool:
    return await made(cluster, studies).release("default", "digits")


async def test_the_policy_delete_deletes_the_study() -> None:
    cluster = deleted_sweep("Delete")
    studies = MemoryStudies(own_study(cluster))
    assert await release(cluster, studies)
    assert studies.study is None


async def test_the_policy_retain_keeps_the_study_for_another_sweep_to_adopt() -> None:
    cluster = deleted_sweep("Retain")
    study = own_study(cluster)
    studies = MemoryStudies(study)
    assert await release(cluster, studies)
    assert studies.study == replace(study, owner=None)


@pytest.mark.parametrize("policy", POLICIES)
@pytest.mark.parametrize("owner", ["uid-of-another-sweep", None])
async def test_a_study_of_another_sweep_is_left(policy: str, owner: str | None) -> None:
    cluster = deleted_sweep(policy)
    foreign = replace(own_study(cluster), owner=owner)
    studies = MemoryStudies(foreign)
    assert await release(cluster, studies)
    assert studies.study == foreign


@pytest.mark.parametrize("policy", POLICIES)
async def test_the_study_stays_until_the_last_worker_is_gone(policy: str) -> None:
    cluster = deleted_sweep(policy)
    cluster.jobs, cluster.pods = (world.job(),), (world.pod(),)
    study = own_study(cluster)
    studies = MemoryStudies(study)
    assert not await release(cluster, studies), "the Job is suspended in this pass"
    assert cluster.log == ["resize digits-search"]
    assert not await release(cluster, studies), "its pod still runs"
    assert studies.study == study
    cluster.pods = ()
    assert await release(cluster, studies)
    assert studies.study != study


async def test_a_job_that_could_still_start_pods_is_suspended_first() -> None:
    cluster = deleted_sweep("Delete")
    cluster.jobs = (world.job(),)
    study = own_study(cluster)
    studies = MemoryStudies(study)
    assert not await release(cluster, studies)
    assert studies.study == study
    assert await release(cluster, studies)
    assert studies.study is None


async def test_a_running_trial_is_ended_before_the_study_is_released() -> None:
    cluster = deleted_sweep("Retain")
    studies = MemoryStudies(world.study(cluster.held, running=(RunningTrial(42, 5, "uid-of-a-pod-that-is-gone"),)))
    assert await release(cluster, studies)
    assert studies.study is not None
    assert (studies.study.running, studies.study.owner) == ((), None)


@pytest.mark.parametrize("policy", POLICIES)
async def test_a_sweep_without_a_study_may_go(policy: str) -> None:
    studies = MemoryStudies()
    assert await release(deleted_sweep(policy), studies)
    assert studies.study is None
