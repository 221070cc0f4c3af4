"""Drain, Terminate and SIGTERM on real workers in mid-trial: nothing is left RUNNING, nothing is lost."""

from __future__ import annotations

import re
from contextlib import closing
from pathlib import Path

import pytest
from optuna.trial import TrialState

from hpotrial import protocol
from tests.trial.builders import is_alive, until, work
from tests.trial.conftest import StudyMaker, WorkerStarter
from tests.trial.reaper import Reaper

pytestmark = pytest.mark.postgres


def pid_of(directory: Path, number: int) -> int:
    """The process of a trial that has begun to run."""
    path = directory / f"running-{number}"
    return int(until(lambda: path.exists() and path.read_text(), f"trial {number} to run"))


def let_go(directory: Path) -> None:
    (directory / "go").touch()


@pytest.mark.parametrize("objective", ["gated", "deaf"])
def test_sigterm_hands_the_trial_back_and_a_successor_takes_it(
    make_study: StudyMaker, start_worker: WorkerStarter, tmp_path: Path, objective: str
) -> None:
    study = make_study().control(max_trials=1)
    study.study.enqueue_trial({"x": 0.625}, user_attrs={"memo": "mine"})
    worker = start_worker(study, work(f"slow:{objective}"), TEST_DIRECTORY=str(tmp_path))
    pid = pid_of(tmp_path, 0)
    worker.terminate()
    assert worker.wait() == protocol.EXIT_INTERRUPTED
    assert not is_alive(pid)

    first, copy = study.trials
    assert (first.state, copy.state) == (TrialState.FAIL, TrialState.WAITING)
    assert first.user_attrs[protocol.CLASS] == "Preempted"
    assert first.user_attrs[protocol.CHARGED] is False
    assert first.datetime_complete is not None
    assert copy.number == 1
    assert copy.system_attrs["fixed_params"] == {"x": 0.625}
    assert copy.user_attrs == {
        "memo": "mine",
        protocol.USER_ATTRIBUTES: ["memo"],
        protocol.RETRIED_FROM: 0,
        protocol.ATTEMPT: 1,
        protocol.RETRIES: 0,
    }

    let_go(tmp_path)
    successor = start_worker(study, work(f"slow:{objective}"), TEST_DIRECTORY=str(tmp_path))
    assert successor.wait() == protocol.EXIT_DONE
    second = study.trials[1]
    assert (second.state, second.value) == (TrialState.COMPLETE, 0.625)
    assert second.user_attrs[protocol.ATTEMPT] == 1
    assert len(study.trials) == 2
    assert len(study.charged()) == 1


def test_a_trial_without_parameters_is_tried_again_too(
    make_study: StudyMaker, start_worker: WorkerStarter, tmp_path: Path
) -> None:
    study = make_study()
    worker = start_worker(study, work("slow:undecided"), TEST_DIRECTORY=str(tmp_path))
    pid_of(tmp_path, 0)
    worker.terminate()
    assert worker.wait() == protocol.EXIT_INTERRUPTED
    assert study.counts() == {"FAIL": 1, "WAITING": 1}
    assert study.charged() == []


def test_a_trial_that_is_nearly_done_ends_within_the_grace_period(
    make_study: StudyMaker, start_worker: WorkerStarter
) -> None:
    """Three trials have said how long they take; the fourth will end in time."""
    study = make_study().control(max_trials=10)
    worker = start_worker(study, work("slow:a_second"), **{protocol.GRACE_SECONDS_ENV: "30"})
    until(lambda: len(study.of_state(TrialState.COMPLETE)) == 3 and study.of_state(TrialState.RUNNING), "three trials")
    worker.terminate()
    assert worker.wait() == protocol.EXIT_INTERRUPTED
    assert study.counts() == {"COMPLETE": 4}


def test_a_trial_that_takes_longer_than_the_grace_period_is_handed_back_at_once(
    make_study: StudyMaker, start_worker: WorkerStarter
) -> None:
    study = make_study().control(max_trials=10)
    worker = start_worker(study, work("slow:a_second"), **{protocol.GRACE_SECONDS_ENV: "12"})
    until(lambda: len(study.of_state(TrialState.COMPLETE)) == 1 and study.of_state(TrialState.RUNNING), "a trial")
    worker.terminate()
    assert worker.wait() == protocol.EXIT_INTERRUPTED
    assert study.counts() == {"COMPLETE": 1, "FAIL": 1, "WAITING": 1}


def test_drain_finishes_the_running_trial_and_asks_for_no_other(
    make_study: StudyMaker, start_worker: WorkerStarter, tmp_path: Path
) -> None:
    study = make_study()
    worker = start_worker(study, work("slow:gated"), TEST_DIRECTORY=str(tmp_path))
    pid_of(tmp_path, 0)
    study.control(stop="Drain")
    let_go(tmp_path)
    assert worker.wait() == protocol.EXIT_DONE
    assert study.counts() == {"COMPLETE": 1}


def test_terminate_ends_a_running_trial_by_the_study_alone(
    make_study: StudyMaker, start_worker: WorkerStarter, tmp_path: Path
) -> None:
    study = make_study()
    worker = start_worker(study, work("slow:gated"), TEST_DIRECTORY=str(tmp_path))
    pid = pid_of(tmp_path, 0)
    study.control(stop="Terminate")
    assert worker.wait(10) == protocol.EXIT_DONE
    assert not is_alive(pid)
    (trial,) = study.trials
    assert trial.state == TrialState.FAIL
    assert trial.user_attrs[protocol.CLASS] == "Terminated"
    assert trial.user_attrs[protocol.CHARGED] is False


def test_terminate_and_sigterm_together_enqueue_nothing(
    make_study: StudyMaker, start_worker: WorkerStarter, tmp_path: Path
) -> None:
    study = make_study()
    worker = start_worker(study, work("slow:gated"), TEST_DIRECTORY=str(tmp_path))
    pid_of(tmp_path, 0)
    study.control(stop="Terminate")
    worker.terminate()
    assert worker.wait() == protocol.EXIT_DONE
    assert study.counts() == {"FAIL": 1}


def test_a_worker_that_starts_after_a_stop_asks_for_nothing(
    make_study: StudyMaker, start_worker: WorkerStarter
) -> None:
    study = make_study().control(stop="Drain")
    assert start_worker(study).wait() == protocol.EXIT_DONE
    assert study.trials == []


def test_a_trial_that_somebody_else_ended_is_dropped_and_the_worker_goes_on(
    make_study: StudyMaker, start_worker: WorkerStarter, tmp_path: Path
) -> None:
    study = make_study().control(max_trials=2)
    worker = start_worker(study, work("slow:gated"), TEST_DIRECTORY=str(tmp_path))
    pid_of(tmp_path, 0)
    study.study.tell(0, state=TrialState.FAIL)
    let_go(tmp_path)
    assert worker.wait() == protocol.EXIT_DONE
    assert [trial.state for trial in study.trials] == [TrialState.FAIL, TrialState.COMPLETE]
    assert study.trials[0].value is None
    assert re.search("trial 0 was ended .*by somebody else", worker.log())


@pytest.mark.parametrize("isolation", ["Process", "None"])
def test_a_worker_that_was_given_up_ends_its_trial_and_asks_for_no_other(
    make_study: StudyMaker, start_worker: WorkerStarter, tmp_path: Path, isolation: str
) -> None:
    """It lives on behind a node that the cluster has lost: every trial that it asked for would be given up again."""
    study = make_study().control(max_trials=2)
    worker = start_worker(study, work("slow:gated", isolation=isolation), TEST_DIRECTORY=str(tmp_path))
    pid_of(tmp_path, 0)
    with closing(Reaper(study, max_retries=2)) as reaper:
        assert reaper.reap(alive=(), killed=()) == 1
    let_go(tmp_path)
    assert worker.wait() == protocol.EXIT_INTERRUPTED
    assert [trial.state for trial in study.trials] == [TrialState.FAIL, TrialState.WAITING]
    assert "the operator took this worker for lost and failed trial 0" in worker.message()


def test_a_trial_that_a_failover_has_lost_is_dropped_and_the_worker_goes_on(
    make_study: StudyMaker, start_worker: WorkerStarter, tmp_path: Path
) -> None:
    study = make_study().control(max_trials=2)
    worker = start_worker(study, work("slow:gated"), TEST_DIRECTORY=str(tmp_path))
    pid_of(tmp_path, 0)
    until(lambda: study.trials[0].params, "its parameter to be told")
    with study.storage.engine.begin() as connection:
        for table in ("trial_user_attributes", "trial_params", "trials"):
            connection.exec_driver_sql(
                f"delete from {table} where trial_id in (select trial_id from trials where study_id = %(study)s)",  # noqa: S608
                {"study": study.study._study_id},
            )
    let_go(tmp_path)
    assert worker.wait() == protocol.EXIT_DONE
    assert re.search("trial 0 (no longer exists in the database|was ended outside this worker)", worker.log())
    assert study.counts() == {"COMPLETE": 2}


def test_a_study_that_was_taken_over_fences_the_worker_in_mid_trial(
    make_study: StudyMaker, start_worker: WorkerStarter, tmp_path: Path
) -> None:
    study = make_study()
    worker = start_worker(study, work("slow:gated"), TEST_DIRECTORY=str(tmp_path))
    pid = pid_of(tmp_path, 0)
    study.study.set_user_attr(protocol.OWNER, "another-sweep")
    assert worker.wait(10) == protocol.EXIT_FENCED
    assert not is_alive(pid)
    assert "belongs to the sweep with uid another-sweep" in worker.message()
    assert study.trials[0].state == TrialState.RUNNING  # not ours to write any more


def test_a_deleted_study_fences_the_worker(make_study: StudyMaker, start_worker: WorkerStarter, tmp_path: Path) -> None:
    study = make_study()
    worker = start_worker(study, work("slow:gated"), TEST_DIRECTORY=str(tmp_path))
    pid_of(tmp_path, 0)
    study.delete()
    assert worker.wait(10) == protocol.EXIT_FENCED
    assert "has no owner any more" in worker.message()


def test_a_killed_worker_takes_its_trial_along(
    make_study: StudyMaker, start_worker: WorkerStarter, tmp_path: Path
) -> None:
    worker = start_worker(make_study(), work("slow:deaf"), TEST_DIRECTORY=str(tmp_path))
    pid = pid_of(tmp_path, 0)
    worker.kill()
    until(lambda: not is_alive(pid), "the orphan to die", seconds=10)


def test_a_visited_grid_ends_the_worker_and_says_that_nothing_is_left(
    make_study: StudyMaker, start_worker: WorkerStarter
) -> None:
    study = make_study()
    grid = {"x": [-1.0, 1.0], "y": [0, 1], "kind": ["flat"]}
    block = work(sampler={"name": "GridSampler", "options": {"search_space": grid}})
    assert start_worker(study, block).wait() == protocol.EXIT_DONE
    assert len(study.of_state(TrialState.COMPLETE)) == 4
    assert study.study.user_attrs[protocol.STOPPED] is True
