"""Whole passes over a sweep whose champions may not run yet: its gates are closed, or their study is not its own."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from hposweep.allowed_pods import AllowedPods, PodField
from hposweep.model.history import COMPLETE, History, Trial
from hposweep.model.ownership import SweepIdentity
from hposweep.model.trials import Counts, Study
from tests import builders
from tests.unit import world
from tests.unit.champions_world import JOB, SEARCH, SECOND_ID, World, sweep
from tests.unit.memory import SETTINGS, made, passes


def with_spent_study(here: World) -> World:
    """Give the sweep a study whose budget is spent before its first worker."""
    here.studies.study = Study(7, "default.digits", ("MAXIMIZE",), counts=Counts(complete=4))
    here.studies.trials = History(tuple(Trial(n, COMPLETE, (0.1 * n,), {"x": float(n)}) for n in range(4)))
    return here


async def test_a_template_that_is_not_allowed_runs_no_champion_either() -> None:
    study = builders.study(adopt=True)
    here = with_spent_study(World(sweep(workers=builders.workers(hostPID=True), study=study)))
    here.studies.study = replace(here.studies.study, owner=world.UID)  # type: ignore[type-var]  # it is there
    await here.reconcile(6)
    assert here.cluster.held.status is not None
    assert here.cluster.held.status.has_ended
    assert here.created == []
    assert here.studies.second.study is None
    assert here.reason == ("Unknown", "Waiting")
    assert "hostPID" in here.condition.message
    allowed = AllowedPods(frozenset({PodField.HOST_PID}))
    operator = made(here.cluster, here.studies)
    await passes(replace(operator, settings=replace(SETTINGS, allowed_pods=allowed)), 4)
    assert here.created == [JOB]


async def test_a_sweep_that_no_person_approved_trains_no_champion() -> None:
    here = with_spent_study(World(sweep(approval={"required": True}, study=builders.study(adopt=True))))
    await here.reconcile(6)
    assert here.cluster.held.status is not None
    assert here.cluster.held.status.has_ended
    assert here.created == []
    assert here.reason == ("False", "Skipped")
    assert "approved" in here.condition.message


async def test_a_study_of_champions_that_another_sweep_owns_is_left_alone() -> None:
    here = World()
    here.studies.second.study = Study(SECOND_ID, "default.digits.champions", owner="another")
    await here.end_search(0.1, 0.4, 0.3, 0.2)
    await here.reconcile(3)
    assert here.reason == ("Unknown", "Waiting")
    assert here.created == [SEARCH]


async def test_the_study_of_an_earlier_sweep_is_claimed_and_its_trials_are_not_counted() -> None:
    here = World(sweep(study=builders.study(adopt=True)))
    here.studies.second.study = Study(SECOND_ID, "default.digits.champions", counts=Counts(complete=9))
    await here.end_search(0.1, 0.4, 0.3, 0.2)
    await here.reconcile(4)
    assert here.studies.second.study.control is not None
    assert here.studies.second.study.control["maxTrials"] == 13
    assert here.created == [SEARCH, JOB]


async def test_a_study_without_an_owner_is_claimed_only_by_a_sweep_that_adopts() -> None:
    here = World()
    study = Study(SECOND_ID, "default.digits.champions", counts=Counts(complete=9))
    here.studies.second.study = study
    await here.end_search(0.1, 0.4, 0.3, 0.2)
    await here.reconcile(3)
    assert here.studies.second.study == study
    assert here.reason == ("Unknown", "Waiting")
    assert "`default.digits.champions` exists with 9 finished trials and has no owner" in here.condition.message
    here.change(study=builders.study(adopt=True))
    await here.reconcile(4)
    assert here.created == [SEARCH, JOB]


async def test_a_study_with_other_objectives_is_not_claimed() -> None:
    here = World(sweep(study=builders.study(adopt=True)))
    here.studies.second.study = Study(SECOND_ID, "default.digits.champions", ("MINIMIZE",))
    await here.end_search(0.1, 0.4, 0.3, 0.2)
    await here.reconcile(3)
    assert here.reason == ("Unknown", "Waiting")
    assert "other objectives (Minimize) than `spec.study.objectives` (Maximize)" in here.condition.message
    assert here.created == [SEARCH]


@pytest.mark.parametrize(
    ("owner", "study", "is_taken"),
    [
        (SweepIdentity("default", "digits", "c1"), {"adopt": True}, True),
        (SweepIdentity("default", "digits", "c1"), {}, False),
        (SweepIdentity("default", "digits", "c2"), {"adopt": True}, False),
        (SweepIdentity("vision", "v1", "c2"), {"takeOverFrom": "0ld-uid"}, True),
        (SweepIdentity("vision", "v1", "c2"), {"takeOverFrom": "another"}, False),
        (SweepIdentity("vision", "v2", "c1"), {"takeOverFrom": "0ld-uid", "adopt": True}, False),
        (None, {"takeOverFrom": "0ld-uid"}, True),
    ],
)
async def test_the_study_of_an_owner_that_is_gone_is_taken_over_like_that_of_the_search(
    owner: SweepIdentity | None, study: dict[str, Any], is_taken: bool
) -> None:
    here = World(sweep(study=builders.study(**study)), cluster_id="c1")
    here.cluster.other_sweeps = {("vision", "v2"): "0ld-uid"}  # it exists
    name, counts = "default.digits.champions", Counts(complete=4)
    here.studies.second.study = Study(SECOND_ID, name, owner="0ld-uid", sweep=owner, counts=counts)
    await here.end_search(0.1, 0.4, 0.3, 0.2)
    await here.reconcile(5)
    assert here.created == ([SEARCH, JOB] if is_taken else [SEARCH])
    second = here.studies.second.study
    assert second is not None
    assert second.owner == (world.UID if is_taken else "0ld-uid")
    assert here.reason == ("Unknown", "Running" if is_taken else "Waiting")
    if is_taken:
        assert second.control is not None
        assert second.control["maxTrials"] == 4 + 4, "the trials of the owner do not count"
