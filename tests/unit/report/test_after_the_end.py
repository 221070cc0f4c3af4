"""A sweep that has ended keeps its results: no source that fails afterwards takes a verdict back."""

from __future__ import annotations

from dataclasses import replace

import pytest

from hposweep.api.status import Status
from hposweep.api.sweep import Sweep
from hposweep.judge.judge import judge
from hposweep.model.baseline import Baseline
from hposweep.model.history import History
from hposweep.model.observation import Observation
from hposweep.model.storage import Storage
from hposweep.model.trials import Study
from hposweep.model.workers import Job
from tests import builders
from tests.unit import world
from tests.unit.judge.health.builders import complete, failed
from tests.unit.report.reading import after, told

SUCCESS = {
    "minimum": [builders.best_value(greater_than=0.5)],
    "full": [builders.best_value(greater_than=0.9)],
    "exceptional": [{"bestValue": {"improvesBaselineBy": "10%"}}],
}
HALF = {"name": "half", "at": {"trials": 10}, "rules": [], "otherwise": "Continue"}
SWEEP = world.sweep(success=SUCCESS, baseline={"value": 0.4}, trials={"max": 20}, decisionPoints=[HALF])
HISTORY = History(tuple(failed(n) if n % 3 == 0 else complete(n, 0.6 if n == 4 else 0.1) for n in range(20)))
STUDY = replace(world.study(SWEEP, best=0.6, complete=13, failed=7), failures={"ObjectiveError": 7})
BASELINE = Baseline(best=0.4)
JOBS = (world.job(is_complete=True),)


def observation(
    storage: Study | Storage | None = STUDY, *, jobs: tuple[Job, ...] = JOBS, baseline: Baseline = BASELINE
) -> Observation:
    return world.seen(storage, jobs=jobs, baseline=baseline, history=HISTORY if storage is STUDY else None)


@pytest.fixture
def ended() -> Status:
    """The status of a sweep that has made a decision on the way, and ended."""
    half = world.study(SWEEP, best=0.6, complete=6, failed=4)
    at_half = world.seen(half, jobs=(world.job(),), baseline=BASELINE, history=History(HISTORY.trials[:10]))
    status = told(after(SWEEP, told(SWEEP, at_half)), observation())
    assert [entry.outcome for entry in status.success] == ["True", "False", "True"]
    assert len(status.decisions) == len(status.health) == 1
    return status


@pytest.mark.parametrize("jobs", [JOBS, ()], ids=["job", "no job"])
@pytest.mark.parametrize(
    ("storage", "baseline"),
    [
        (world.LOST, BASELINE),
        (world.LOST, Baseline(fault="connection refused", is_temporary=True)),
        (None, BASELINE),
        (replace(STUDY, owner="another"), BASELINE),
        (replace(STUDY, owner=None), BASELINE),
        (STUDY, Baseline(fault="connection refused", is_temporary=True)),
        (STUDY, Baseline(fault="study `v2` does not exist")),
        (STUDY, BASELINE),
    ],
    ids=["lost", "both lost", "deleted", "another's", "nobody's", "baseline lost", "baseline deleted", "readable"],
)
def test_it_keeps_its_results(
    ended: Status, storage: Study | Storage | None, baseline: Baseline, jobs: tuple[Job, ...]
) -> None:
    edited = after(SWEEP, ended, generation=2)
    later = told(edited, observation(storage, jobs=jobs, baseline=baseline))
    conditions = tuple(
        next(entry for entry in ended.conditions if entry.type == condition.type)
        if condition.type == "StorageReady"
        else replace(condition, observed_generation=1)
        for condition in later.conditions
    )
    assert replace(later, observed_generation=1, conditions=conditions) == ended


def test_a_study_that_was_deleted_after_the_end_is_not_created_again(ended: Status) -> None:
    later = told(after(SWEEP, ended), observation(None, jobs=()))
    storage = later.condition("StorageReady")
    assert storage is not None
    assert storage.message == "study `default.digits` does not exist; the sweep has ended and creates none"


def test_a_sweep_that_ended_without_a_trial_is_judged_without_a_database() -> None:
    stopped = stopped_by_user(SWEEP)
    first = told(stopped, world.seen(world.LOST, baseline=BASELINE))
    assert first.has_ended
    again = told(after(stopped, first), world.seen(world.LOST, baseline=BASELINE))
    assert [entry.outcome for entry in again.success] == [entry.outcome for entry in first.success] == ["False"] * 3


def test_a_stopped_sweep_whose_job_was_deleted_does_not_end_before_its_trials_can_be_read() -> None:
    half = world.seen(
        world.study(SWEEP, best=0.6, complete=6), jobs=(world.job(),), history=History(HISTORY.trials[:6])
    )
    stopped = after(stopped_by_user(SWEEP), told(SWEEP, half))
    assert judge(stopped, world.seen(world.LOST)).end is None
    later = judge(stopped, world.seen(world.study(SWEEP, best=0.6, complete=6), history=half.history)).end
    assert later is not None
    assert later.message == "stopped by `spec.stop: Drain` after 6 of 20 trials"


def stopped_by_user(sweep: Sweep) -> Sweep:
    return replace(sweep, spec=replace(sweep.spec, stop="Drain"))
