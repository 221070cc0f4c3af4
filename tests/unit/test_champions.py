"""Whole passes over a sweep with champions: they are trained once, after the search, and leave the search as it was."""

from __future__ import annotations

from dataclasses import replace

import pytest

from hposweep.model.history import RUNNING
from hposweep.model.trials import Breaker, Counts
from tests.unit import world
from tests.unit.champions_world import JOB, SEARCH, World, sweep
from tests.unit.memory import made, passes

FIRST_SEED = 1_000_000


async def trained(of: World | None = None) -> World:
    """Return a sweep whose search has ended, with a Job for the champions."""
    here = of or World()
    await here.end_search(0.1, 0.4, 0.3, 0.2)
    await here.reconcile(4)
    return here


async def test_the_search_ends_before_a_champion_is_trained() -> None:
    here = World()
    await here.reconcile()
    assert here.reason == ("Unknown", "Pending")
    await here.end_search(0.1, 0.4, 0.3, 0.2)
    status = here.cluster.held.status
    assert status is not None
    assert status.has_ended
    assert here.reason == ("Unknown", "Pending")
    assert here.studies.second.study is None


async def test_each_configuration_is_enqueued_with_each_seed_before_the_job_exists() -> None:
    here = World()
    await here.end_search(0.1, 0.4, 0.3, 0.2)
    await here.reconcile(2)
    assert here.marks == [(1, FIRST_SEED), (2, FIRST_SEED), (1, FIRST_SEED + 1), (2, FIRST_SEED + 1)]
    assert here.created == [SEARCH]
    await here.reconcile(2)
    assert here.created == [SEARCH, JOB]
    assert [(row.rank, row.trial, row.search_value) for row in here.table.champions] == [(1, 1, 0.4), (2, 2, 0.3)]
    assert here.studies.second.study is not None
    assert here.studies.second.study.control is not None
    assert here.studies.second.study.control["maxTrials"] == 4


async def test_further_passes_and_a_restarted_operator_train_nothing_twice() -> None:
    here = await trained()
    await here.reconcile(5)
    assert len(here.marks) == 4
    assert here.created == [SEARCH, JOB]
    assert here.reason == ("Unknown", "Running")


async def test_a_job_that_is_gone_is_created_again() -> None:
    here = await trained()
    here.cluster.jobs = tuple(job for job in here.cluster.jobs if job.name == SEARCH)
    await here.reconcile(2)
    assert here.created == [SEARCH, JOB, JOB]
    assert len(here.marks) == 4


async def test_the_end_compares_them_and_nothing_runs_afterwards() -> None:
    here = await trained()
    here.train(0.40, 0.39, 0.41, 0.45)
    here.end_job()
    await here.reconcile(3)
    assert here.reason == ("Unknown", "CannotTell")
    assert here.table.finished == 4
    assert here.table.pick is None
    assert "the search showed them" in here.condition.message
    looked = len(here.studies.looked)
    await here.reconcile(3)
    assert len(here.studies.looked) == looked  # a settled sweep is not read again


async def test_a_champion_that_beats_the_baseline_is_picked_with_its_parameters() -> None:
    here = await trained(World(sweep(champions={"top": 2, "seeds": 3}, baseline={"value": 0.1})))
    here.train(0.40, 0.30, 0.41, 0.305, 0.405, 0.298)
    here.end_job()
    await here.reconcile(3)
    assert here.reason == ("True", "Validated")
    assert here.table.pick == 1
    assert here.table.champions[0].mean == pytest.approx(0.405)
    assert "better than baseline 0.1" in here.condition.message


async def test_champions_that_are_worse_than_the_baseline_are_not_validated() -> None:
    here = await trained(World(sweep(champions={"top": 1, "seeds": 3}, baseline={"value": 0.9})))
    here.train(0.40, 0.41, 0.405)
    here.end_job()
    await here.reconcile(3)
    assert here.reason == ("False", "WorseThanBaseline")


async def test_the_status_of_the_search_stays_as_it_was() -> None:
    here = World()
    await here.end_search(0.1, 0.4, 0.3, 0.2)
    before = here.cluster.held.status
    await here.reconcile(4)
    here.train(0.9, 0.8, 0.9, 0.8)
    here.end_job()
    await here.reconcile(3)
    after = here.cluster.held.status
    assert before is not None
    assert after is not None
    assert (after.trials, after.best, after.state) == (before.trials, before.best, before.state)


async def test_a_suspended_sweep_suspends_them_and_resumes() -> None:
    here = await trained()
    here.change(suspend=True)
    await here.reconcile()
    assert [job.is_suspended for job in here.cluster.jobs if job.name == JOB] == [True]
    here.change()
    await here.reconcile()
    assert [job.is_suspended for job in here.cluster.jobs if job.name == JOB] == [False]


async def test_a_stop_ends_them_without_a_verdict() -> None:
    here = await trained()
    here.train(0.4, RUNNING)
    here.change(stop="Drain")
    await here.reconcile()
    assert here.studies.second.study is not None
    assert here.studies.second.study.control is not None
    assert here.studies.second.study.control["stop"] == "Drain"
    here.train(0.4, 0.3)
    here.end_job()
    await here.reconcile()
    assert here.reason == ("False", "Stopped")
    assert "after 2 of 4 trials" in here.condition.message


async def test_a_stop_leaves_the_criteria_as_they_were_and_the_table_of_what_was_trained() -> None:
    criteria = {"success": {"full": [{"improvementIsReal": {}}]}, "baseline": {"value": 0.1}}
    here = await trained(World(sweep(**criteria, champions={"top": 1, "seeds": 4})))
    here.train(0.40, 0.41, 0.405)
    here.change(**criteria, champions={"top": 1, "seeds": 4}, stop="Drain")
    await here.reconcile()
    here.end_job()
    verdicts = []
    for _ in range(3):
        await here.reconcile(1)
        assert here.cluster.held.status is not None
        verdicts.append(here.cluster.held.status.success[0].outcome)
    assert here.reason == ("False", "Stopped")
    assert verdicts == ["Unknown"] * 3
    assert here.table.champions[0].mean == pytest.approx(0.405)


@pytest.mark.parametrize("mode", ["Drain", "Terminate"])
async def test_a_stopped_search_trains_no_champion(mode: str) -> None:
    here = World()
    await here.reconcile()
    here.change(stop=mode)
    await here.end_search(0.1, 0.4)
    await here.reconcile(3)
    assert here.reason == ("False", "Skipped")
    assert here.created == [SEARCH]


async def test_a_search_that_failed_trains_no_champion() -> None:
    here = World()
    await here.reconcile()
    assert here.studies.study is not None
    here.studies.study = replace(here.studies.study, counts=Counts(failed=4))
    here.end_job(SEARCH)
    await here.reconcile(4)
    assert here.reason == ("False", "Skipped")
    assert "the search has failed" in here.condition.message


async def test_fewer_configurations_than_asked_for_are_all_trained() -> None:
    here = World(sweep(champions={"top": 5, "seeds": 1}))
    await here.end_search(0.1, 0.4, 0.3, 0.2)
    await here.reconcile(4)
    assert len(here.marks) == 4
    here.train(0.1, 0.2, 0.3, 0.4)
    here.end_job()
    await here.reconcile()
    assert "4 different configurations of the 5 asked for" in here.condition.message
    assert "at least 2 seeds" in here.condition.message


async def test_an_override_of_a_searched_parameter_is_refused_after_a_search_that_defines_its_own_space() -> None:
    here = World(sweep(searchSpace=[], champions={"overrides": {"x": 1}}))
    await here.end_search(0.1, 0.4, 0.3, 0.2)
    await here.reconcile(3)
    assert here.reason == ("False", "Failed")
    assert "`spec.champions.overrides.x`" in here.condition.message


async def test_a_study_that_is_gone_after_the_search_is_told() -> None:
    here = World()
    await here.end_search(0.1, 0.4, 0.3, 0.2)
    here.studies.study = None
    await here.reconcile(3)
    assert here.reason == ("False", "Failed")
    assert "does not exist any more" in here.condition.message


async def test_an_open_breaker_suspends_them_and_says_how_to_go_on() -> None:
    here = await trained()
    assert here.studies.second.study is not None
    breaker = Breaker("ImportError", "no module `torch`", 3)
    here.studies.second.study = replace(here.studies.second.study, breaker=breaker)
    await here.reconcile()
    assert here.reason == ("Unknown", "FailingImmediately")
    assert "the circuit breaker is open: no module `torch`" in here.condition.message
    assert [job.is_suspended for job in here.cluster.jobs if job.name == JOB] == [True]


async def test_the_next_local_run_closes_their_breaker_in_two_passes_and_continues() -> None:
    """A local run starts with the status of the earlier one, without its ends, and with no workers."""
    here = await trained()
    assert here.studies.second.study is not None
    here.studies.second.study = replace(here.studies.second.study, breaker=Breaker("ImportError", "no `torch`", 3))
    await here.reconcile()
    status = here.cluster.held.status
    assert status is not None
    assert status.has_stuck_champions
    kept = tuple(entry for entry in status.conditions if entry.type not in ("Complete", "Failed"))
    here.cluster.held = replace(here.cluster.held, status=replace(status, conditions=kept))
    here.cluster.jobs = here.cluster.pods = ()
    here.change(suspend=True)
    await here.reconcile(2)
    assert here.studies.second.study.breaker is None
    here.change()
    await here.reconcile(2)
    assert here.created == [SEARCH, JOB, JOB]
    assert here.reason == ("Unknown", "Running")


async def test_failed_workers_end_the_phase() -> None:
    here = await trained()
    here.end_job(exit_code=64, termination_message="objective not found")
    await here.reconcile()
    assert here.reason == ("False", "Failed")
    assert "objective not found" in here.condition.message


@pytest.mark.parametrize("policy", ["Retain", "Delete"])
async def test_a_deletion_gives_up_both_studies(policy: str) -> None:
    here = await trained(World(sweep(deletionPolicy=policy)))
    here.end_job()
    here.cluster.held = replace(here.cluster.held, is_deleting=True)
    reconciler = made(here.cluster, here.studies)
    for _ in range(3):
        await reconciler.release("default", "digits")
    studies = [here.studies.study, here.studies.second.study]
    assert studies == [None, None] if policy == "Delete" else [entry and entry.owner for entry in studies] == [None] * 2


async def test_a_database_that_does_not_answer_suspends_no_champion() -> None:
    here = await trained()
    here.cluster.secret = None
    await passes(made(here.cluster, here.studies), 2)
    assert [job.is_suspended for job in here.cluster.jobs if job.name == JOB] == [False]
    assert here.reason == ("Unknown", "Running")


async def test_a_sweep_without_champions_has_no_such_condition() -> None:
    here = World(world.sweep(trials={"max": 4}))
    await here.end_search(0.1, 0.4, 0.3, 0.2)
    await here.reconcile()
    assert here.cluster.held.status is not None
    assert here.cluster.held.status.condition("ChampionsValidated") is None
