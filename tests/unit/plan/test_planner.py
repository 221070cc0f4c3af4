"""What should exist now: one test per situation, and what must hold in all of them."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hposweep.api.status import Status
from hposweep.api.sweep import Sweep
from hposweep.judge.judge import judge
from hposweep.model.history import History, Trial
from hposweep.model.observation import Fault, Observation
from hposweep.model.plan import CreateJob, CreateStudy, FailTrials, Plan, ResizeJob, SetControl, SetImages, SetSource
from hposweep.model.source_state import SourceState
from hposweep.model.trials import RunningTrial, Study
from hposweep.plan.planner import leave, plan
from hpotrial import protocol
from tests import builders
from tests.unit import world


def planned(sweep: Sweep, observation: Observation) -> Plan:
    return plan(sweep, observation, judge(sweep, observation))


def shape(result: Plan) -> list[tuple[str, int, bool]]:
    """Name, size and suspension of the Jobs to make or to resize."""
    specs = [(action.manifest["metadata"]["name"], action.manifest["spec"]) for action in result.of_kind(CreateJob)]
    assert all(spec["completions"] == spec["parallelism"] for _, spec in specs)
    made = [(name, spec["parallelism"], spec["suspend"]) for name, spec in specs]
    resized = [(action.job, action.size, action.is_suspended) for action in result.of_kind(ResizeJob)]
    return made + resized


def workers(replicas: int) -> dict[str, Any]:
    return {"workers": builders.workers(replicas)}


def test_a_new_sweep_gets_its_study_first() -> None:
    sweep = world.sweep()
    result = planned(sweep, world.seen())
    assert (world.only(result, CreateStudy).name, world.only(result, CreateStudy).owner) == (
        "default.digits",
        sweep.uid,
    )
    assert world.only(result, CreateStudy).directions == ("MAXIMIZE",)
    assert not result.of_kind(CreateJob)


def test_then_its_job_and_the_control_block() -> None:
    sweep = world.sweep(**workers(3))
    study = Study(id=7, name=sweep.study_name, owner=sweep.uid)
    result = planned(sweep, world.seen(study))
    block = {"stop": "None", "maxTrials": 10, "breakerFrom": 0}
    assert world.action(result, SetControl) == SetControl(7, block)
    assert shape(result) == [("digits-search", 3, False)]
    assert world.only(result, CreateJob).manifest["metadata"]["labels"]["hposweep.dev/study-id"] == "7"


def test_nothing_is_done_when_all_is_as_it_should_be() -> None:
    sweep = world.sweep()
    observation = world.seen(
        world.study(sweep, complete=3, running=(RunningTrial(9, 9, "pod-uid-0"),)),
        jobs=(world.job(),),
        pods=(world.pod(),),
    )
    assert planned(sweep, observation) == Plan()


@pytest.mark.parametrize(("replicas", "expected"), [(4, (4, False)), (1, None), (0, (1, True))])
def test_replicas_resize_the_job_and_none_suspend_it(replicas: int, expected: tuple[int, bool] | None) -> None:
    sweep = world.sweep(**workers(replicas))
    observation = world.seen(world.study(sweep), jobs=(world.job(),), pods=(world.pod(),))
    assert shape(planned(sweep, observation)) == ([("digits-search", *expected)] if expected else [])


def test_suspend_and_resume() -> None:
    paused = world.sweep(suspend=True)
    assert shape(planned(paused, world.seen(world.study(paused), jobs=(world.job(),)))) == [("digits-search", 1, True)]
    resumed = world.sweep()
    observation = world.seen(world.study(resumed), jobs=(world.job(is_suspended=True),))
    assert shape(planned(resumed, observation)) == [("digits-search", 1, False)]


def test_terminate_ends_the_pods_at_once() -> None:
    sweep = world.sweep(stop="Terminate")
    running = (RunningTrial(9, 9, "pod-uid-0"),)
    observation = world.seen(world.study(sweep, running=running), jobs=(world.job(),), pods=(world.pod(),))
    result = planned(sweep, observation)
    assert shape(result) == [("digits-search", 1, True)]
    assert world.action(result, FailTrials) is None, "the pod is still there, and hands its trial back itself"


def test_drain_lets_running_trials_finish() -> None:
    sweep = world.sweep(stop="Drain")
    running = (RunningTrial(9, 9, "pod-uid-0"),)
    observation = world.seen(world.study(sweep, running=running), jobs=(world.job(),), pods=(world.pod(),))
    assert planned(sweep, observation) == Plan()


def test_drain_does_not_wait_for_pods_that_never_started() -> None:
    sweep = world.sweep(stop="Drain")
    observation = world.seen(world.study(sweep), jobs=(world.job(),), pods=(world.pod(phase="Pending"),))
    assert shape(planned(sweep, observation)) == [("digits-search", 1, True)]


def test_workers_are_told_before_drain_gives_up_on_pods() -> None:
    sweep = world.sweep(stop="Drain")
    study = world.study(world.sweep())
    result = planned(sweep, world.seen(study, jobs=(world.job(),), pods=(world.pod(phase="Pending"),)))
    assert world.action(result, SetControl) is not None
    assert shape(result) == []


def test_a_job_that_lives_is_never_applied_again() -> None:
    """Its template is immutable, and a release of ours that makes another one must still be able to scale it."""
    sweep = world.sweep(suspend=True, **workers(3))
    observation = world.seen(world.study(sweep), jobs=(world.job(),))
    for result in (planned(sweep, observation), leave(sweep, observation)):
        assert result.of_kind(CreateJob) == ()
        assert world.action(result, ResizeJob) is not None


def test_a_budget_that_is_left_when_all_workers_have_gone_gets_another_job() -> None:
    sweep = world.sweep()
    observation = world.seen(world.study(sweep, complete=9, waiting=1), jobs=(world.job(is_complete=True),))
    assert shape(planned(sweep, observation)) == [("digits-search-2", 1, False)]
    later = world.seen(
        world.study(sweep, complete=9, waiting=1),
        jobs=(world.job(is_complete=True), world.job("digits-search-2", is_complete=True)),
    )
    assert shape(planned(sweep, later)) == [("digits-search-3", 1, False)]


def test_no_job_follows_a_study_that_has_nothing_left_to_try() -> None:
    sweep = world.sweep()
    study = replace(world.study(sweep, complete=6), is_stopped=True)
    assert planned(sweep, world.seen(study, jobs=(world.job(is_complete=True),))) == Plan()


def test_no_job_follows_while_a_trial_still_runs_elsewhere() -> None:
    sweep = world.sweep()
    running = (RunningTrial(9, 9, "pod-uid-0"),)
    study = world.study(sweep, complete=9, running=running)
    jobs = (world.job(is_complete=True),)
    assert planned(sweep, world.seen(study, jobs=jobs, pods=(world.pod(is_terminating=True),))) == Plan()


BROKEN = {"is_failed": True, "reason": "FailedIndexes", "failed_indexes": "1", "parallelism": 2}


def test_a_broken_slot_leaves_its_work_to_the_others() -> None:
    """Worker 0 saw the budget spent; then the last trial of worker 1 was given up and waits to be tried again."""
    sweep = world.sweep(**workers(2))
    study = world.study(sweep, complete=9, failed=1, uncharged=1, waiting=1)
    job = world.job(completed_indexes=1, **BROKEN)
    assert shape(planned(sweep, world.seen(study, jobs=(job,)))) == [("digits-search-2", 2, False)]
    running = (RunningTrial(9, 9, "pod-uid-0"),)
    busy = world.seen(world.study(sweep, complete=9, running=running), jobs=(job,), pods=(world.pod(0, "Failed"),))
    assert shape(planned(sweep, busy)) == [], "the lost trial is given up first"


@pytest.mark.parametrize(
    "job", [world.job(completed_indexes=0, **BROKEN), world.job(is_failed=True, reason="PodFailurePolicy")]
)
def test_no_job_follows_one_in_which_no_worker_could_go_on(job: Any) -> None:
    sweep = world.sweep(**workers(2))
    observation = world.seen(world.study(sweep, complete=9), jobs=(job,))
    assert planned(sweep, observation) == Plan()
    end = judge(sweep, observation).end
    assert end is not None
    assert (end.reason, end.is_failure) == ("WorkersFailed", True)


def test_the_source_of_the_newest_trials_is_recorded_once() -> None:
    sweep, digest = world.sweep(), f"sha256:{'a' * 64}"
    attributes = {protocol.CODE: "3f2a91bc0d4e", protocol.COMMIT: "1f3c" * 10, protocol.IMAGE: digest}
    history = History((Trial(0, "COMPLETE", (0.5,), attributes=attributes), Trial(1, "RUNNING"), Trial(2, "WAITING")))
    observation = world.seen(world.study(sweep, complete=1), jobs=(world.job(),), history=history)
    source = SourceState("3f2a91bc0d4e", "1f3c" * 10, digest)
    assert world.action(planned(sweep, observation), SetSource) == SetSource(7, source)
    recorded = replace(world.study(sweep, complete=1), source=source)
    later = world.seen(recorded, jobs=(world.job(),), history=history)
    assert world.action(planned(sweep, later), SetSource) is None
    hostile = History((Trial(0, "COMPLETE", (0.5,), attributes={protocol.COMMIT: ["x"], protocol.IMAGE: "r:1"}),))
    observation = world.seen(world.study(sweep, complete=1), jobs=(world.job(),), history=hostile)
    assert world.action(planned(sweep, observation), SetSource) is None, "neither a list nor a tag is recorded"


def test_images_are_noted_when_a_worker_is_not_noted_yet() -> None:
    sweep = world.sweep(**workers(2))
    jobs, pods = (world.job(parallelism=2),), (world.pod(0, image="sha256:a"), world.pod(1, image="sha256:b"))
    result = planned(sweep, world.seen(world.study(sweep), jobs=jobs, pods=pods))
    assert world.action(result, SetImages) == SetImages(7, {"pod-uid-0": "sha256:a", "pod-uid-1": "sha256:b"})
    noted = replace(world.study(sweep), images={"pod-uid-0": "sha256:a", "pod-uid-1": "sha256:b"})
    assert planned(sweep, world.seen(noted, jobs=jobs, pods=pods)) == Plan()
    assert planned(sweep, world.seen(noted, jobs=jobs, pods=pods[:1])) == Plan(), "one that has gone is no news"
    assert planned(sweep, world.seen(noted, jobs=jobs, pods=(world.pod(0),))) == Plan()


def test_a_refused_spec_starts_nothing() -> None:
    sweep = world.sweep()
    fault = Fault("InvalidTemplate", "no such field")
    assert planned(sweep, world.seen(world.study(sweep), refusals=(fault,))).of_kind(CreateJob) == ()
    assert world.action(planned(sweep, world.seen(refusals=(fault,))), CreateStudy) is None


def test_a_fault_found_later_costs_no_running_worker() -> None:
    sweep = world.sweep(success={"full": [{"trialsFinished": {"min": 99}}]})
    observation = world.seen(world.study(sweep), jobs=(world.job(),), pods=(world.pod(),))
    assert planned(sweep, observation) == Plan()


def test_a_study_of_another_sweep_is_left_alone() -> None:
    sweep = world.sweep()
    foreign = Study(id=7, name=sweep.study_name, owner="somebody-else")
    assert planned(sweep, world.seen(foreign)) == Plan()


def test_a_stopped_sweep_that_never_started_makes_no_study() -> None:
    assert planned(world.sweep(stop="Drain"), world.seen()) == Plan()


def test_a_lost_database_changes_nothing() -> None:
    observation = world.seen(world.LOST, jobs=(world.job(),), pods=(world.pod(),))
    assert planned(world.sweep(), observation) == Plan()


def test_a_sweep_that_goes_ends_its_workers_and_frees_its_trials() -> None:
    sweep = world.sweep()
    observation = world.seen(world.study(sweep, running=(RunningTrial(42, 5, "gone"),)), jobs=(world.job(),))
    result = leave(sweep, observation)
    assert shape(result) == [("digits-search", 1, True)]
    assert [trial.trial_id for trial in world.only(result, FailTrials).trials] == [42]


counts = st.fixed_dictionaries(
    {"complete": st.integers(0, 12), "failed": st.integers(0, 3), "waiting": st.integers(0, 2)}
)


@given(
    replicas=st.integers(0, 5),
    stop=st.sampled_from(["None", "Drain", "Terminate"]),
    suspend=st.booleans(),
    trials=counts,
    job=st.builds(
        lambda size, suspended, end: world.job(
            parallelism=size, is_suspended=suspended, is_complete=end == 1, is_failed=end == 2
        ),
        st.integers(1, 5),
        st.booleans(),
        st.integers(0, 2),
    ),
    pods=st.lists(
        st.builds(world.pod, st.integers(0, 4), st.sampled_from(["Pending", "Running", "Failed"])), max_size=4
    ),
)
def test_the_same_view_after_the_plan_needs_no_second_one(
    replicas: int, stop: str, suspend: bool, trials: dict[str, int], job: Any, pods: list[Any]
) -> None:
    sweep = world.sweep(stop=stop, suspend=suspend, **workers(replicas))
    study = world.study(sweep, **trials)
    first = planned(sweep, world.seen(study, jobs=(job,), pods=tuple(pods)))
    assert len(shape(first)) <= 1
    made = tuple(world.job(name, parallelism=size, is_suspended=off) for name, size, off in shape(first))
    after = (*(entry for entry in (job,) if entry.name not in {new.name for new in made}), *made)
    second = planned(sweep, world.seen(study, jobs=after, pods=tuple(pods)))
    assert shape(second) == []


def test_an_ended_sweep_is_not_started_again() -> None:
    sweep = world.sweep(status=_ended())
    assert isinstance(sweep.status, Status)
    observation = world.seen(world.study(sweep, complete=3), jobs=(world.job(is_complete=True),))
    assert planned(sweep, observation) == Plan()


def _ended() -> dict[str, Any]:
    condition = {"type": "Complete", "status": "True", "reason": "StoppedByUser", "message": "stopped"}
    return {
        "observedGeneration": 1,
        "state": "Stopped",
        "message": "stopped",
        "study": {"name": "default.digits", "id": 7},
        "trials": {"max": 10},
        "progress": "3/10",
        "workers": {"desired": 0},
        "replicas": 0,
        "selector": "hposweep.dev/sweep=digits",
        "conditions": [{**condition, "observedGeneration": 1, "lastTransitionTime": "2026-01-01T00:00:00Z"}],
    }
