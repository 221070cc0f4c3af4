"""The baseline trial on a real database with real workers: that trial and no other, within the exact budget."""

from __future__ import annotations

import json
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from hposweep.model.enqueueing import EnqueueBaseline, EnqueuedTrial
from hposweep.model.trials import Counts
from hpotrial import protocol
from hpotrial.process.memory_peak import find_cgroup
from hpotrial.protocol.baseline import BaselineConfig, BaselineMark
from tests.trial.builders import SweepStudy, WorkerProcess, until, work
from tests.trial.conftest import StudyMaker, WorkerStarter
from tests.trial.reaper import Reaper
from tests.trial.study_start import CNN, CONTEXT, OTHER, given, two_families

pytestmark = pytest.mark.postgres


def action(study: SweepStudy, key: str = "first", attempt: int = 1, params: Any = CNN) -> EnqueueBaseline:
    mark = BaselineMark(key, attempt, "input")
    return EnqueueBaseline(study.study._study_id, EnqueuedTrial(params, {protocol.BASELINE: mark.to_json()}))


def start(
    start_worker: WorkerStarter,
    study: SweepStudy,
    index: int = 0,
    *,
    key: str = "first",
    python: str = "loss",
    **env: str,
) -> WorkerProcess:
    work = json.dumps(two_families(f"two_families:{python}"))
    variables = {protocol.BASELINE_ENV: BaselineConfig(key, work).to_json(), protocol.WORK_ENV: "", **env}
    return start_worker(study, None, index, **variables)


def test_the_pod_runs_its_trial_and_no_other(
    make_study: StudyMaker, start_worker: WorkerStarter, make_studies: Any
) -> None:
    study = make_study().control(max_trials=3)
    study.study.enqueue_trial(CONTEXT)
    studies = make_studies(study)
    assert studies.enqueue(action(study)) == 1
    waits = studies.history(study.study._study_id, Counts(waiting=2)).trials[1]
    assert BaselineMark.from_json(waits.attributes[protocol.BASELINE]) == BaselineMark("first", 1, "input")
    worker = start(start_worker, study)
    assert worker.wait() == protocol.EXIT_DONE
    waiting, trial = study.trials
    assert (waiting.state.name, trial.state.name, trial.params) == ("WAITING", "COMPLETE", CNN)
    assert BaselineMark.from_json(trial.user_attrs[protocol.BASELINE]) == BaselineMark("first", 1, "input")
    assert trial.user_attrs[protocol.REPORTS] == 0
    assert (trial.user_attrs[protocol.MEMORY].get("host", 0) > 0) == (find_cgroup() is not None)
    assert start_worker(study, two_families(), 1).wait() == protocol.EXIT_DONE
    assert study.counts() == {"COMPLETE": 3}
    assert [protocol.MEMORY in trial.user_attrs for trial in study.trials] == [False, True, False]


def test_the_reports_of_the_trial_are_counted(
    make_study: StudyMaker, start_worker: WorkerStarter, make_studies: Any
) -> None:
    study = make_study().control(max_trials=3)
    make_studies(study).enqueue(action(study))
    assert start(start_worker, study, python="pruned_when_asked").wait() == protocol.EXIT_DONE
    (trial,) = study.trials
    assert trial.user_attrs[protocol.REPORTS] == 1


def test_the_checkpoints_of_the_trial_are_measured_before_they_are_removed(
    make_study: StudyMaker, start_worker: WorkerStarter, make_studies: Any, tmp_path: Path
) -> None:
    study = make_study().control(max_trials=3)
    make_studies(study).enqueue(action(study, params={}))
    configuration = work("resumed:saves", checkpoints={"path": str(tmp_path), "keep": "None"})
    config = {protocol.BASELINE_ENV: BaselineConfig("first", json.dumps(configuration)).to_json()}
    assert start_worker(study, None, 0, **config, **{protocol.WORK_ENV: ""}).wait() == protocol.EXIT_DONE
    (trial,) = study.trials
    disk = trial.user_attrs[protocol.DISK_WRITTEN]
    assert disk["checkpoint"] == len(str(trial.params["x"]))
    assert disk["free"] > 0
    assert not list((tmp_path / study.name).glob("trial-*"))


def with_corners(study: SweepStudy, params: Any) -> EnqueueBaseline:
    """Return an attempt with these parameters and two corners, of which one is the point CNN."""
    first = action(study, params=params)
    marks = [BaselineMark("first", 1, "input", corner=corner) for corner in ("upper", "lower")]
    pairs = zip((CNN, CONTEXT), marks, strict=True)
    corners = tuple(EnqueuedTrial(point, {protocol.BASELINE: mark.to_json()}) for point, mark in pairs)
    return EnqueueBaseline(first.study_id, first.trial, corners)


def test_corners_run_after_the_trial_in_the_same_pod_also_after_one_that_failed(
    make_study: StudyMaker, start_worker: WorkerStarter, make_studies: Any
) -> None:
    study = make_study().control(max_trials=10)
    study.study.enqueue_trial(OTHER)
    studies = make_studies(study)
    assert [studies.enqueue(with_corners(study, OTHER)) for _ in range(2)] == [3, 0]
    assert start(start_worker, study, python="raises_at_two").wait() == protocol.EXIT_DONE
    states = [(trial.state.name, given(trial)) for trial in study.trials]
    assert states == [("WAITING", OTHER), ("COMPLETE", OTHER), ("FAIL", CNN), ("COMPLETE", CONTEXT)]
    assert all(protocol.MEMORY in trial.user_attrs for trial in study.trials[1:])


def test_corners_are_not_tried_after_a_trial_that_failed(
    make_study: StudyMaker, start_worker: WorkerStarter, make_studies: Any
) -> None:
    study = make_study().control(max_trials=10)
    make_studies(study).enqueue(with_corners(study, CNN))
    worker = start(start_worker, study, python="raises_at_two")
    assert worker.wait() == protocol.EXIT_DONE
    assert "its corners are not tried" in worker.log()
    assert [trial.state.name for trial in study.trials] == ["FAIL", "WAITING", "WAITING"]
    assert make_studies(study).enqueue(action(study, "second", 2)) == 1
    assert [trial.state.name for trial in study.trials] == ["FAIL", "FAIL", "FAIL", "WAITING"]
    assert len(study.charged()) == 1, "those that waited are withdrawn uncharged"


def test_an_objective_that_cannot_be_imported_leaves_the_trial_waiting(
    make_study: StudyMaker, start_worker: WorkerStarter, make_studies: Any
) -> None:
    study = make_study().control(max_trials=3)
    make_studies(study).enqueue(action(study, params={"family": "cnn"}))
    work = {**two_families(), "objective": {"python": "two_families:no_such_function", "fixed": {}}}
    config = {protocol.BASELINE_ENV: BaselineConfig("first", json.dumps(work)).to_json(), protocol.WORK_ENV: ""}
    worker = start_worker(study, None, 0, **config)
    assert worker.wait() == protocol.EXIT_INVALID_CONFIG
    assert study.counts() == {"WAITING": 1}
    assert "no_such_function" in worker.message()


def test_another_attempt_withdraws_one_that_waits(make_study: StudyMaker, make_studies: Any) -> None:
    study = make_study()
    studies = make_studies(study)
    assert [studies.enqueue(action(study)) for _ in range(2)] == [1, 0]
    assert studies.enqueue(action(study, "second", 2, OTHER)) == 1
    assert studies.enqueue(action(study)) == 0
    first, second = study.trials
    assert (first.state.name, first.user_attrs[protocol.CLASS]) == ("FAIL", protocol.TERMINATED)
    assert first.user_attrs[protocol.CHARGED] is False
    assert (second.state.name, given(second)) == ("WAITING", OTHER)
    assert study.charged() == []


def test_a_pod_of_an_earlier_attempt_finds_nothing_to_do(
    make_study: StudyMaker, start_worker: WorkerStarter, make_studies: Any
) -> None:
    study = make_study()
    studies = make_studies(study)
    studies.enqueue(action(study))
    studies.enqueue(action(study, "second", 2))
    assert start(start_worker, study).wait() == protocol.EXIT_DONE
    assert study.counts() == {"FAIL": 1, "WAITING": 1}


def test_a_killed_worker_costs_nothing_and_the_next_pod_waits_for_the_trial(
    make_study: StudyMaker, start_worker: WorkerStarter, make_studies: Any, tmp_path: Path
) -> None:
    study = make_study().control(max_trials=3)
    studies = make_studies(study)
    studies.enqueue(action(study))
    here = {"TEST_DIRECTORY": str(tmp_path)}
    first = start(start_worker, study, 0, python="gated", **here)
    until(lambda: (tmp_path / "running-0").exists(), "the baseline trial runs")
    first.kill()
    (tmp_path / "go").touch()
    second = start(start_worker, study, 1, python="gated", **here)
    until(lambda: "is ready" in second.log(), "the next pod has looked for the trial")
    with closing(Reaper(study, max_retries=2)) as reaper:
        assert reaper.reap(alive=["uid-1"], killed=["uid-0"]) == 1
    assert second.wait() == protocol.EXIT_DONE
    lost, again = study.trials
    assert (lost.state.name, again.state.name, again.params) == ("FAIL", "COMPLETE", CNN)
    assert again.user_attrs[protocol.BASELINE] == lost.user_attrs[protocol.BASELINE]
    assert len(study.charged()) == 1
    assert start_worker(study, two_families(), 2).wait() == protocol.EXIT_DONE
    assert len(study.charged()) == 3, "the budget is exact"
    assert study.counts() == {"COMPLETE": 3, "FAIL": 1}


def test_a_spent_budget_ends_a_pod_whose_trial_can_never_start(
    make_study: StudyMaker, start_worker: WorkerStarter, make_studies: Any
) -> None:
    study = make_study().control(max_trials=1)
    assert start_worker(study, two_families(), 0).wait() == protocol.EXIT_DONE
    make_studies(study).enqueue(action(study))
    worker = start(start_worker, study, 1)
    assert worker.wait() == protocol.EXIT_DONE
    assert "no baseline trial waits that the budget of 1 allows" in worker.log()
    assert study.counts() == {"COMPLETE": 1, "WAITING": 1}


def test_a_stop_ends_a_pod_that_waits(
    make_study: StudyMaker, start_worker: WorkerStarter, make_studies: Any, tmp_path: Path
) -> None:
    study = make_study()
    make_studies(study).enqueue(action(study))
    first = start(start_worker, study, 0, python="gated", TEST_DIRECTORY=str(tmp_path))
    until(lambda: (tmp_path / "running-0").exists(), "the baseline trial runs")
    first.kill()
    second = start(start_worker, study, 1, python="gated", TEST_DIRECTORY=str(tmp_path))
    until(lambda: "is ready" in second.log(), "the next pod has looked for the trial")
    study.control(stop="Drain")
    assert second.wait() == protocol.EXIT_DONE


def test_a_configuration_that_cannot_be_read_is_refused(make_study: StudyMaker, start_worker: WorkerStarter) -> None:
    worker = start_worker(make_study(), None, 0, **{protocol.BASELINE_ENV: "{}", protocol.WORK_ENV: ""})
    assert worker.wait() == protocol.EXIT_INVALID_CONFIG
    assert "HPOSWEEP_BASELINE" in worker.message()
