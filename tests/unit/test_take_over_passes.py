"""Taking over a study in whole passes: a sweep that was created again, a restored cluster, a sweep that exists."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from hposweep.api import conditions as c
from hposweep.model.ownership import SweepIdentity
from hposweep.model.trials import Counts, Study
from tests import builders
from tests.unit import world
from tests.unit.memory import MemoryCluster, MemoryStudies, made, passes

OLD = "0ld-uid"
THIS = SweepIdentity("default", "digits", "c1")
OTHER = SweepIdentity("vision", "v1", "c1")


def held(**study: Any) -> MemoryCluster:
    return MemoryCluster(world.sweep(study=builders.study(**study)), id="c1")


def studies_of(owner: SweepIdentity | None) -> MemoryStudies:
    study = Study(7, "default.digits", ("MAXIMIZE",), OLD, owner, counts=Counts(complete=3))
    return MemoryStudies(study)


async def test_a_sweep_that_was_created_again_continues_its_study() -> None:
    cluster, studies = held(adopt=True), studies_of(THIS)
    await passes(made(cluster, studies), 3)
    assert studies.study is not None
    assert (studies.study.owner, studies.study.sweep) == (world.UID, THIS)
    assert len(cluster.jobs) == 1


async def test_the_study_of_a_sweep_that_exists_is_never_taken() -> None:
    cluster, studies = held(adopt=True, takeOverFrom=OLD), studies_of(OTHER)
    cluster.other_sweeps = {("vision", "v1"): OLD}
    await passes(made(cluster, studies), 2)
    assert studies.study is not None
    assert studies.study.owner == OLD
    assert cluster.jobs == ()
    del cluster.other_sweeps["vision", "v1"]
    await passes(made(cluster, studies), 3)
    assert studies.study.owner == world.UID


async def test_an_object_of_the_same_name_with_another_uid_does_not_count_as_the_owner() -> None:
    cluster, studies = held(takeOverFrom=OLD), studies_of(OTHER)
    cluster.other_sweeps = {("vision", "v1"): "new-uid"}
    await passes(made(cluster, studies), 3)
    assert studies.study is not None
    assert studies.study.owner == world.UID


async def test_a_cluster_that_cannot_be_identified_takes_over_by_the_uid_only() -> None:
    cluster, studies = held(adopt=True), studies_of(replace(THIS, cluster=""))
    cluster.id = ""
    await passes(made(cluster, studies), 2)
    assert studies.study is not None
    assert studies.study.owner == OLD
    cluster.held = world.sweep(study=builders.study(adopt=True, takeOverFrom=OLD))
    await passes(made(cluster, studies), 3)
    assert studies.study.owner == world.UID


@pytest.mark.parametrize(("here", "there"), [("", ""), ("", "c1"), ("c1", ""), ("c1", "c2")])
async def test_an_owner_that_answers_is_never_taken_over_whatever_the_cluster_is(here: str, there: str) -> None:
    cluster, studies = held(adopt=True, takeOverFrom=OLD), studies_of(replace(OTHER, cluster=there))
    cluster.id, cluster.other_sweeps = here, {("vision", "v1"): OLD}
    await passes(made(cluster, studies), 3)
    assert studies.study is not None
    assert (studies.study.owner, cluster.jobs) == (OLD, ())
    condition = cluster.held.status.condition(c.STORAGE_READY) if cluster.held.status is not None else None
    assert condition is not None
    assert "which exists" in condition.message


async def test_the_study_of_an_earlier_version_gets_the_names_of_its_sweep_once() -> None:
    cluster, studies = held(), MemoryStudies()
    reconciler = made(cluster, studies)
    await passes(reconciler, 2)
    assert studies.study is not None
    studies.study = replace(studies.study, sweep=None)
    await passes(reconciler, 2)
    assert studies.study.sweep == THIS
    cluster.log.clear()
    await passes(reconciler, 3)
    assert cluster.log == []
