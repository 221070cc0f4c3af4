"""The status: what people read in each situation, and that it does not move without reason."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from hposweep.api.sweep import Sweep
from hposweep.model.history import History, Trial
from hposweep.model.observation import Fault, Observation
from hposweep.model.trials import Breaker, RunningTrial
from hpotrial import protocol
from tests import builders
from tests.unit import world
from tests.unit.report.reading import NOON, after, held, told

SUCCESS = {"minimum": [builders.best_value(greater_than=0.5)], "full": [builders.trials_finished(10)]}


def busy(sweep: Sweep, **counts: int) -> Observation:
    running = (RunningTrial(9, 9, "pod-uid-0"),)
    return world.seen(world.study(sweep, best=0.6, running=running, **counts), jobs=(world.job(),), pods=(world.pod(),))


def test_every_condition_is_there_from_the_first_visit() -> None:
    sweep = world.sweep(success=SUCCESS, generation=4)
    status = told(sweep, world.seen(world.LOST))
    assert list(held(status)) == [
        "Accepted",
        "StorageReady",
        "PreflightPassed",
        "BaselinePassed",
        "Approved",
        "WorkersReady",
        "Healthy",
        "Suspended",
        "MinimumSuccess",
        "FullSuccess",
        "Ended",
        "Complete",
        "Failed",
    ]
    assert {entry.observed_generation for entry in status.conditions} == {4}
    assert all(entry.message and entry.reason for entry in status.conditions)
    assert held(status)["MinimumSuccess"] == ("Unknown", "NotYet")


def test_a_running_sweep() -> None:
    sweep = world.sweep(success=SUCCESS)
    status = told(sweep, busy(sweep, complete=3, pruned=1, failed=1))
    assert (status.state, status.progress) == ("Running", "5/10")
    assert status.message == "5 of 10 trials, 1 failed, best score 0.6 (trial 3)"
    assert held(status)["MinimumSuccess"] == ("True", "AllCriteriaMet")
    assert held(status)["FullSuccess"] == ("Unknown", "NotYet")
    assert held(status)["WorkersReady"] == ("True", "Running")
    assert status.best is not None
    assert status.best.values == {"score": 0.6}
    assert (status.trials.running, status.trials.charged) == (1, 6)


def test_commit_and_image_of_the_newest_trials_are_told_and_kept_while_the_study_cannot_be_read() -> None:
    sweep, digest = world.sweep(), f"sha256:{'a' * 64}"
    attributes = {protocol.COMMIT: "1f3c" * 10, protocol.IMAGE: digest}
    history = History((Trial(0, "COMPLETE", (0.5,), attributes=attributes), Trial(1, "WAITING")))
    status = told(sweep, world.seen(world.study(sweep, complete=1), history=history))
    assert (status.study.commit, status.study.image_digest) == ("1f3c" * 10, digest)
    assert told(after(sweep, status), world.seen(world.LOST)).study == status.study


def test_failures_by_class_and_further_tries_are_told() -> None:
    sweep = world.sweep()
    study = replace(world.study(sweep, failed=3, uncharged=1), failures={"OutOfMemory": 2, "Preempted": 1}, retried=1)
    status = told(sweep, world.seen(study))
    assert (status.trials.failures, status.trials.retried) == ({"OutOfMemory": 2, "Preempted": 1}, 1)


def test_of_a_front_its_size_and_one_representative_are_told() -> None:
    goals = [{"name": "acc", "direction": "Maximize"}, {"name": "ms", "direction": "Minimize"}]
    sweep = world.sweep(study={"objectives": goals})
    study = replace(world.study(sweep, complete=9), best=world.best_trial((0.9, 12.0), front=4))
    status = told(sweep, world.seen(study))
    assert status.best is not None
    assert (status.best.front, status.best.value) == (4, 0.9)
    assert status.best.values == {"acc": 0.9, "ms": 12.0}
    assert status.message == "9 of 10 trials, best acc 0.9 (trial 3), 4 on the Pareto front"


def test_complete_trials_without_a_best_value_are_told() -> None:
    sweep = world.sweep()
    message = told(sweep, world.seen(world.study(sweep, complete=4))).message
    assert message == "4 of 10 trials, no best value because each is infinite or infeasible"


def test_the_best_value_is_rounded_for_reading_and_exact_beside_it() -> None:
    sweep = world.sweep()
    status = told(sweep, world.seen(world.study(sweep, best=0.123456789)))
    assert status.best is not None
    assert (status.best.value, status.best.values) == (0.123457, {"score": 0.123456789})


def test_the_end_is_latched_with_its_time() -> None:
    sweep = world.sweep(success=SUCCESS)
    done = world.seen(world.study(sweep, best=0.4, complete=10), jobs=(world.job(is_complete=True),))
    status = told(sweep, done)
    assert (status.state, status.completion_time) == ("Complete", NOON)
    assert status.workers.desired == 0
    assert held(status)["Complete"] == ("True", "BudgetReached")
    assert held(status)["MinimumSuccess"] == ("False", "CriteriaNotMet")
    assert held(status)["FullSuccess"] == ("True", "AllCriteriaMet")
    later = told(after(sweep, status), world.seen(world.LOST), NOON + timedelta(hours=1))
    assert later.completion_time == NOON
    assert held(later)["Complete"] == ("True", "BudgetReached")
    assert held(later)["MinimumSuccess"] == ("False", "CriteriaNotMet"), "an error takes no verdict back"
    assert later.trials == status.trials


def test_a_user_stop_is_complete_and_called_stopped() -> None:
    sweep = world.sweep(stop="Drain")
    status = told(sweep, world.seen(world.study(sweep, complete=3), jobs=(world.job(is_complete=True),)))
    assert status.state == "Stopped"
    assert held(status)["Complete"] == ("True", "StoppedByUser")
    assert held(status)["Failed"][0] == "False"


def test_a_lost_database_keeps_what_was_known_and_says_so() -> None:
    sweep = world.sweep(success=SUCCESS)
    first = told(sweep, busy(sweep, complete=3))
    lost = told(after(sweep, first), world.seen(world.LOST, jobs=(world.job(),), pods=(world.pod(),)))
    assert lost.trials == first.trials
    assert lost.best == first.best
    assert held(lost)["StorageReady"] == ("False", "ConnectionFailed")
    assert held(lost)["Healthy"] == ("False", "StorageLost")
    assert held(lost)["MinimumSuccess"] == ("Unknown", "CannotTell")


def test_a_refused_spec_is_failed_and_says_why_in_the_message() -> None:
    status = told(world.sweep(), world.seen(refusals=(Fault("InvalidTemplate", "unknown field `imag`"),)))
    assert status.state == "Failed"
    assert "unknown field `imag`" in status.message
    assert held(status)["Accepted"] == ("False", "InvalidTemplate")
    assert held(status)["Failed"] == ("True", "InvalidSpec")
    storage = status.condition("StorageReady")
    assert storage is not None
    assert storage.message == "the study is created once the sweep is accepted"


def test_a_breaker_says_what_where_and_what_to_do() -> None:
    sweep = world.sweep()
    study = replace(world.study(sweep, failed=5), breaker=Breaker("ImportError", "no module `torch`", 4, "pod-0"))
    pod = world.pod(0, "Succeeded", exit_code=0, log="kubectl logs -n default pod-0 -c trial")
    status = told(sweep, world.seen(study, jobs=(world.job(is_suspended=True),), pods=(pod,)))
    assert held(status)["Healthy"] == ("False", "FailingImmediately")
    assert held(status)["WorkersReady"] == ("False", "Suspended")
    assert held(status)["Complete"][0] == held(status)["Failed"][0] == "False"
    assert (status.state, status.workers.desired) == ("Suspended", 0)
    assert status.message == (
        "the first 5 trials failed the same way, so no further trials start: ImportError: no module `torch` (trial 4, "
        "log: `kubectl logs -n default pod-0 -c trial`). Fix the cause, then set `spec.suspend` to true and back to "
        "false"
    )
    gone = told(sweep, world.seen(study, jobs=(world.job(is_suspended=True),)))
    assert "log: its attribute `hposweep:log_tail`" in gone.message


def test_too_many_failures_are_told_while_the_workers_go_and_at_the_end() -> None:
    sweep = world.sweep(trials={"max": 10, "maxFailed": 1})
    study = world.study(sweep, failed=2)
    going = told(sweep, world.seen(study, jobs=(world.job(),), pods=(world.pod(),)))
    assert held(going)["Healthy"] == ("False", "TooManyFailedTrials")
    assert held(going)["WorkersReady"] == ("False", "Finished")
    assert held(going)["Failed"][0] == "False"
    gone = told(after(sweep, going), world.seen(study, jobs=(world.job(is_suspended=True),)))
    assert held(gone)["Failed"] == ("True", "TooManyFailedTrials")
    assert (gone.state, gone.message) == ("Failed", "2 trials failed, but `spec.trials.maxFailed` allows only 1")


def test_suspended_and_resumed() -> None:
    paused = world.sweep(suspend=True)
    first = told(paused, world.seen(world.study(paused), jobs=(world.job(is_suspended=True),)))
    assert (first.state, held(first)["Suspended"]) == ("Suspended", ("True", "Suspended"))
    resumed = after(world.sweep(), first)
    second = told(resumed, busy(resumed))
    assert held(second)["Suspended"] == ("False", "Resumed")
    third = told(after(resumed, second), busy(resumed))
    assert held(third)["Suspended"] == ("False", "Resumed")


def test_transition_times_move_only_with_the_status() -> None:
    sweep = world.sweep(success=SUCCESS)
    first = told(sweep, busy(sweep, complete=3))
    later = told(after(sweep, first), busy(sweep, complete=4), NOON + timedelta(minutes=5))
    moved = {entry.type for entry in later.conditions if entry.last_transition_time != NOON}
    assert not moved
    ended = world.seen(world.study(sweep, best=0.6, complete=10), jobs=(world.job(is_complete=True),))
    last = told(after(sweep, later), ended, NOON + timedelta(minutes=9))
    moved = {entry.type for entry in last.conditions if entry.last_transition_time != NOON}
    assert moved == {"WorkersReady", "FullSuccess", "Ended", "Complete"}


@given(
    complete=st.integers(0, 12),
    failed=st.integers(0, 3),
    best=st.none() | st.floats(-1e9, 1e9),
    stop=st.sampled_from(["None", "Drain"]),
    is_lost=st.booleans(),
    pods=st.lists(
        st.builds(world.pod, st.integers(0, 3), st.sampled_from(["Pending", "Running", "Failed"])), max_size=3
    ),
)
def test_the_same_world_gives_the_same_status_and_no_second_write(
    complete: int, failed: int, best: float | None, stop: str, is_lost: bool, pods: list[Any]
) -> None:
    sweep = world.sweep(stop=stop, success=SUCCESS)
    storage = world.LOST if is_lost else world.study(sweep, best=best, complete=complete, failed=failed)
    seen = world.seen(storage, jobs=(world.job(),), pods=tuple(pods))
    first = told(sweep, seen)
    again = after(sweep, first)
    assert told(again, seen, NOON + timedelta(hours=3)) == again.status
