"""The gate of the baseline trial over passes of the operator: one trial before the search, and again on a change."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from hposweep.database.errors import StorageError
from hposweep.model.history import COMPLETE, FAIL, PRUNED, RUNNING, WAITING, History
from hposweep.plan.job import search_job
from hposweep.plan.podtemplate import pod_template
from hpotrial import protocol
from hpotrial.protocol.baseline import BaselineConfig, BaselineMark
from tests import builders
from tests.unit import world
from tests.unit.baseline_world import JOB, SEARCH, World, sweep
from tests.unit.preflight_world import CODE


async def test_without_the_field_the_search_starts_at_once() -> None:
    here = World(world.sweep())
    await here.reconcile()
    assert here.created == [SEARCH]
    assert (here.condition.status, here.condition.reason) == ("True", "Skipped")


async def test_one_trial_runs_alone_and_the_search_follows_it() -> None:
    here = World()
    await here.reconcile(4)
    assert here.created == [JOB]
    assert here.state == ("Baseline", "Unknown", "Running")
    (trial,) = here.trials
    assert trial.state == WAITING
    here.trial(RUNNING)
    await here.reconcile()
    assert (here.created, here.state) == ([JOB], ("Baseline", "Unknown", "Running"))
    here.trial(COMPLETE, 0.75)
    here.end_job()
    await here.reconcile()
    assert here.created == [JOB, SEARCH]
    assert (here.condition.status, here.condition.reason) == ("True", "Passed")
    assert here.condition.message == "trial 0 completed: score 0.75"


@pytest.mark.parametrize(
    ("state", "values", "attributes", "words"),
    [
        (FAIL, (), {protocol.CLASS: "ObjectiveError", protocol.ERROR: "KeyError: 'x'\nmore"}, "Error: KeyError: 'x'. "),
        (FAIL, (), {protocol.CLASS: "OutOfMemory"}, "trial 0 failed: OutOfMemory"),
        (FAIL, (), {protocol.CLASS: "NotFinite", protocol.ERROR: "it returned nan"}, "NotFinite: it returned"),
        (FAIL, (), {protocol.CLASS: "TimedOut"}, "TimedOut"),
        (PRUNED, (), {protocol.PRUNED_BECAUSE: "hopeless"}, "trial 0 was pruned, so it has no value: hopeless"),
        (COMPLETE, (float("inf"),), {}, "trial 0 has no finite value"),
    ],
)  # fmt: skip
async def test_a_failed_trial_keeps_the_search_from_starting(
    state: str, values: tuple[float, ...], attributes: dict[str, Any], words: str
) -> None:
    here = World()
    await here.reconcile()
    here.trial(state, *values, **attributes)
    here.end_job()
    await here.reconcile(5)
    assert here.created == [JOB], "neither a second pod nor a search"
    assert here.state == ("Baseline", "False", "Failed")
    assert words in here.condition.message
    assert "kubectl annotate hposweep digits hposweep.dev/retry-baseline=1 --overwrite" in here.condition.message
    assert here.cluster.held.status is not None
    assert here.cluster.held.status.message == here.condition.message


@pytest.mark.parametrize(
    "change",
    [
        pytest.param(lambda here: here.change(baselineTrial={"params": {"x": 1.0}}), id="params"),
        pytest.param(lambda here: here.change(trials={"max": 100, "timeoutSeconds": 60}), id="timeout"),
        pytest.param(lambda here: setattr(here.cluster, "code_version", "2"), id="code"),
        pytest.param(
            lambda here: setattr(here.cluster, "held", replace(here.cluster.held, retry_baseline="1")), id="annotation"
        ),
    ],
)
async def test_a_change_starts_another_attempt(change: Any) -> None:
    here = World()
    await here.reconcile()
    here.trial(FAIL, **{protocol.CLASS: "ObjectiveError"})
    here.end_job()
    await here.reconcile()
    change(here)
    await here.reconcile()
    assert here.created == [JOB, f"{JOB}-2"]
    assert here.state == ("Baseline", "Unknown", "Running")
    assert [trial.state for trial in here.trials] == [FAIL, WAITING]
    here.trial(COMPLETE, 0.5)
    here.end_job(f"{JOB}-2")
    await here.reconcile()
    assert here.created == [JOB, f"{JOB}-2", SEARCH]


async def test_a_change_while_the_trial_waits_withdraws_it_and_its_job() -> None:
    here = World()
    await here.reconcile()
    here.change(baselineTrial={"params": {"x": 1.0}})
    await here.reconcile()
    assert [(job.name, job.is_suspended) for job in here.cluster.jobs] == [(JOB, True), (f"{JOB}-2", False)]
    (trial,) = here.trials
    assert (trial.params, trial.state) == ({"x": 1.0}, WAITING)


async def test_a_change_while_the_trial_runs_waits_for_its_end() -> None:
    here = World()
    await here.reconcile()
    here.trial(RUNNING)
    here.cluster.pods = (world.pod(job=JOB),)
    here.change(baselineTrial={"params": {"x": 1.0}})
    await here.reconcile()
    assert here.created == [JOB]


async def test_a_pod_that_never_ran_the_trial_says_why() -> None:
    here = World()
    await here.reconcile()
    here.end_job(exit_code=64, termination_message="missing environment variables: HPOSWEEP_WORK")
    await here.reconcile()
    assert here.state == ("Baseline", "False", "Failed")
    assert (
        "exit code 64 before it ran the trial: missing environment variables: HPOSWEEP_WORK" in here.condition.message
    )


async def test_a_pod_without_a_place_says_so() -> None:
    here = World()
    await here.reconcile()
    here.cluster.pods = (world.pod(phase="Pending", job=JOB, reason="Unschedulable", message="no GPU"),)
    await here.reconcile()
    assert here.state == ("Baseline", "False", "Unschedulable")
    assert here.condition.message == "the baseline pod does not run: no GPU"


@pytest.mark.parametrize("is_saved", [True, False])
async def test_a_killed_operator_runs_no_second_trial(is_saved: bool) -> None:
    here = World()
    await here.reconcile()
    before = here.cluster.held.status
    here.trial(COMPLETE, 0.5)
    await here.reconcile()
    if not is_saved:
        here.cluster.held = replace(here.cluster.held, status=before)
    await here.reconcile(4)
    assert (here.created, len(here.trials)) == ([JOB, SEARCH], 1)
    assert here.condition.reason == "Passed"


async def test_a_job_that_was_not_created_follows_its_trial() -> None:
    here = World()
    await here.reconcile()
    here.cluster.jobs = ()
    await here.reconcile()
    assert here.created == [JOB, JOB]
    assert len(here.trials) == 1


async def test_a_trial_that_others_removed_is_a_failed_attempt_and_not_one_attempt_after_the_other() -> None:
    here = World()
    await here.reconcile()
    here.studies.trials = History(())
    await here.reconcile(5)
    assert here.created == [JOB]
    assert here.state == ("Baseline", "False", "Failed")
    assert "the study has no trial of Job `digits-baseline`" in here.condition.message
    here.cluster.held = replace(here.cluster.held, retry_baseline="again")
    await here.reconcile()
    assert here.created == [JOB, "digits-baseline-2"]


async def test_a_paused_sweep_runs_no_trial_and_pauses_its_own() -> None:
    here = World(sweep(suspend=True))
    await here.reconcile()
    assert (here.created, here.trials) == ([], ())
    here.change()
    await here.reconcile()
    here.change(suspend=True)
    await here.reconcile()
    assert [job.is_suspended for job in here.cluster.jobs] == [True]
    here.change()
    await here.reconcile()
    assert [(job.name, job.is_suspended) for job in here.cluster.jobs] == [(JOB, False)]


async def test_a_stopped_sweep_ends_its_job() -> None:
    here = World()
    await here.reconcile()
    here.change(stop="Drain")
    await here.reconcile()
    assert [job.is_suspended for job in here.cluster.jobs] == [True]
    assert here.state[0] == "Stopped"


async def test_it_follows_the_preflight_and_comes_before_the_approval() -> None:
    here = World(sweep(preflight={}, approval={"required": True}))
    await here.reconcile()
    assert here.created == ["digits-preflight"]
    assert here.condition.message == "the baseline trial starts once PreflightPassed is True"
    here.change(approval={"required": True})
    await here.reconcile()
    assert here.created == ["digits-preflight", JOB]
    here.trial(COMPLETE, 0.5)
    await here.reconcile()
    assert here.state == ("AwaitingApproval", "True", "Passed")
    assert SEARCH not in here.created


async def test_a_field_that_is_set_after_the_start_is_skipped() -> None:
    here = World(world.sweep(objective=CODE))
    await here.reconcile()
    here.change()
    await here.reconcile()
    assert here.created == [SEARCH]
    assert (here.condition.status, here.condition.reason) == ("True", "Skipped")
    assert "the search had started before" in here.condition.message


async def test_each_attempt_closes_the_count_of_the_breaker() -> None:
    here = World()
    await here.reconcile()
    assert here.studies.study is not None
    assert here.studies.study.control is not None
    assert here.studies.study.control["breakerFrom"] == 0
    here.trial(FAIL, **{protocol.CLASS: "ObjectiveError"})
    here.studies.study = replace(here.studies.study, counts=world.study(sweep(), failed=1).counts)
    here.change(baselineTrial={"params": {"x": 1.0}})
    await here.reconcile()
    assert here.studies.study.control["breakerFrom"] == 1


async def test_the_breaker_does_not_count_a_trial_that_has_passed() -> None:
    here = World()
    await here.reconcile()
    here.trial(COMPLETE, 0.75)
    here.end_job()
    await here.reconcile()
    assert here.studies.study is not None
    assert here.studies.study.control is not None
    assert here.studies.study.control["breakerFrom"] == 1, "its success would keep the breaker closed"


@pytest.mark.parametrize("has_passed", [True, False])
async def test_the_result_stays_while_the_study_cannot_be_read(has_passed: bool) -> None:
    here = World(sweep(approval={"required": True}))
    await here.reconcile()
    here.trial(*((COMPLETE, 0.75) if has_passed else (FAIL,)))
    here.end_job()
    await here.reconcile()
    before = here.condition
    here.studies.error = StorageError("ConnectionFailed", "connection refused")
    await here.reconcile()
    assert here.cluster.held.status is not None
    storage = here.cluster.held.status.condition("StorageReady")
    assert storage is not None
    assert not storage.is_true
    assert here.condition == before
    assert here.created == [JOB]


async def test_a_trial_that_takes_long_is_told_with_the_limit_that_it_contradicts() -> None:
    here = World(sweep(budget={"activeDeadlineSeconds": 3600}, trials={"max": 41}, workers=builders.workers(4)))
    await here.reconcile()
    (trial,) = here.trials
    here.studies.trials = History((replace(trial, seconds=1200.0),))
    here.trial(COMPLETE, 0.75)
    here.end_job()
    await here.reconcile()
    assert (here.condition.status, here.condition.reason) == ("True", "PassedWithWarnings")
    assert here.condition.message == (
        "trial 0 completed in 20 min: score 0.75. At this pace 40 trials on 4 workers take about 3 h 20 min "
        "(1 h 40 min to 6 h 40 min). `spec.budget.activeDeadlineSeconds` is 1 h, and even half of that time is longer"
    )
    assert SEARCH in here.created, "a warning keeps nothing from starting"


async def test_the_pod_is_the_workers_own_but_for_its_configuration() -> None:
    of = sweep(workers={"replicas": 4, "template": builders.pod_template(nodeSelector={"pool": "gpu"})})
    worker, pod = search_job(of)["spec"]["template"], pod_template(of, "baseline", "k")
    own, theirs = ({e["name"]: e for e in t["spec"]["containers"][0].pop("env")} for t in (pod, worker))
    assert pod["spec"] == worker["spec"]
    assert own.keys() ^ theirs.keys() == {"HPOSWEEP_BASELINE", "HPOSWEEP_WORK"}
    config = BaselineConfig.from_json(own["HPOSWEEP_BASELINE"]["value"].replace("$$", "$"))
    assert (config.key, config.work) == ("k", theirs["HPOSWEEP_WORK"]["value"].replace("$$", "$"))


@pytest.mark.parametrize("mark", [None, "x", {}, {"key": 1, "attempt": 1, "input": "i"}, {"key": "k"}])
def test_a_mark_of_another_form_is_none(mark: Any) -> None:
    assert BaselineMark.from_json(mark) is None
