"""The trial is an `optuna.Trial` for what public scripts and integrations do with it, in both isolations."""

from __future__ import annotations

import importlib.util
import time

import optuna
import pytest
from optuna.trial import TrialState

from hpotrial import protocol
from hpotrial.storage import waiting_trials
from hpotrial.storage.retry import RetryPolicy
from hpotrial.storage.study import open_study
from hpotrial.storage.waiting_trials import QueueFullError
from tests.trial.builders import SweepStudy, WorkerProcess, work
from tests.trial.conftest import StudyMaker, WorkerStarter

pytestmark = pytest.mark.postgres

ISOLATIONS = pytest.mark.parametrize("isolation", ["Process", "None"])
PANDAS_IS_MISSING = (
    "ImportError: Tried to import 'pandas' but failed. Please make sure that the package is installed correctly to use "
    "this feature. Actual error: No module named 'pandas'."
)
SURFACE = {
    "is_trial": "True",
    "is_study": "True",
    "is_multi_objective": "False",
    "id": "True",
    "study_id": "True",
    "artifact": "True",
    "artifact_of_study": "True",
    "scores": "None",
    "system_attr": "None",
    "read_system_attr": "r1",
    "user_attr": "None",
    "read_user_attr": "[1]",
    "study_attr": "None",
    "read_study_attr": "1",
    "sampler": "RandomSampler",
    "pruner": "NopPruner",
    "dataframe": "True" if importlib.util.find_spec("pandas") else PANDAS_IS_MISSING,
    "trials": "True",
    "best": "True",
}


def run(start_worker: WorkerStarter, study: SweepStudy, objective: str, isolation: str) -> WorkerProcess:
    worker = start_worker(study, work(f"public:{objective}", isolation=isolation))
    assert worker.wait() == protocol.EXIT_DONE, worker.log()
    return worker


@ISOLATIONS
def test_everything_that_integrations_ask_for(
    make_study: StudyMaker, start_worker: WorkerStarter, isolation: str
) -> None:
    study = make_study().control(max_trials=2)
    worker = run(start_worker, study, "surface", isolation)
    assert study.counts() == {"COMPLETE": 2}, worker.log()
    first, second = (trial.user_attrs["outcomes"] for trial in study.trials)
    assert first == {**SURFACE, "complete": "set()"}
    assert second == {**SURFACE, "complete": "{'COMPLETE'}"}
    attributes = study.trials[0].system_attrs
    assert [key for key in attributes if key.startswith("artifacts:")]
    assert attributes["terminator:cv_scores"] == [1.0, 2.0]
    assert attributes["mlflow_run_id"] == "r1"
    assert study.study.user_attrs["a"] == 1


@ISOLATIONS
def test_an_enqueued_trial_is_one_of_the_budget(
    make_study: StudyMaker, start_worker: WorkerStarter, isolation: str
) -> None:
    study = make_study().control(max_trials=4)
    run(start_worker, study, "enqueues", isolation)
    assert study.counts() == {"COMPLETE": 4}
    assert [trial.params["x"] for trial in study.trials[1:3]] == [0.5, 0.25]
    assert study.trials[1].user_attrs["why"] == "a guess"
    assert study.trials[1].system_attrs["fixed_params"] == {"x": 0.5}


@ISOLATIONS
def test_trials_that_each_enqueue_more_do_not_exceed_the_budget(
    make_study: StudyMaker, start_worker: WorkerStarter, isolation: str
) -> None:
    study = make_study().control(max_trials=5)
    workers = [
        start_worker(study, work("public:enqueues_always", isolation=isolation), index=index) for index in (0, 1)
    ]
    assert [worker.wait() for worker in workers] == [protocol.EXIT_DONE] * 2
    assert len(study.charged()) == 5
    assert len(study.of_state(TrialState.WAITING)) >= 10


def test_the_queue_is_bounded(make_study: StudyMaker, monkeypatch: pytest.MonkeyPatch) -> None:
    study = make_study()
    monkeypatch.setattr(waiting_trials, "MAX_WAITING_TRIALS", 2)
    samplers = optuna.samplers.RandomSampler(), optuna.pruners.NopPruner()
    handle = open_study(protocol.libpq_url(study.uri), study.name, *samplers, RetryPolicy(time.sleep, seconds=0))
    waiting = optuna.trial.create_trial(state=TrialState.WAITING, system_attrs={"fixed_params": {"x": 1.0}})
    ids = [handle.storage.create_new_trial(handle.id, waiting) for _ in range(2)]
    assert ids == [trial._trial_id for trial in study.of_state(TrialState.WAITING)]
    with pytest.raises(QueueFullError, match=r"2 trials are waiting \(at most 2\). Enqueue fewer"):
        handle.storage.create_new_trial(handle.id, waiting)
    handle.storage.flush()
    handle.close()
    assert study.counts() == {"WAITING": 2}


@ISOLATIONS
def test_what_would_break_the_sweep_is_refused_with_the_way_to_do_it(
    make_study: StudyMaker, start_worker: WorkerStarter, isolation: str
) -> None:
    study = make_study().control(max_trials=1)
    worker = run(start_worker, study, "oversteps", isolation)
    assert study.counts() == {"COMPLETE": 1}, worker.log()
    outcomes = study.trials[0].user_attrs["outcomes"]
    sentences = {
        "ask": "the worker asks for trials; enqueue parameters with trial.study.enqueue_trial",
        "tell": "return the value from the objective",
        "optimize": "the worker runs the trials",
        "add_trial": "enqueue parameters with trial.study.enqueue_trial",
        "set_metric_names": "name the objectives in spec.study.objectives",
        "control": "the prefix `hposweep:` belongs to the sweep",
        "own_mark": "the prefix `hposweep:` belongs to the sweep",
        "other_trial": "trial 0 can be written only, no other of the study",
        "delete": "set spec.deletionPolicy: Delete",
        "number_as_name": "user attribute 5: the name must be a string (got int). Write '5'",
        "number_as_parameter": "parameter 5: the name must be a string (got int). Write '5'",
        "study_name_with_nul": "study attribute 'a\\x00' contains characters that the database cannot store",
        "study_name_too_long": "has 600 characters; at most 512 are allowed",
        "enqueued_name_with_nul": "user attribute 'a\\x00' contains characters that the database cannot store",
        "sampler": "set spec.study.sampler",
        "end": "return the value, or raise optuna.TrialPruned",
    }
    assert {name for name, sentence in sentences.items() if sentence not in outcomes[name]} == set(), outcomes


def test_a_forked_process_may_use_the_trial_too(make_study: StudyMaker, start_worker: WorkerStarter) -> None:
    study = make_study().control(max_trials=2)
    worker = run(start_worker, study, "forks", "Process")
    assert study.counts() == {"COMPLETE": 2}, worker.log()
    for trial in study.trials:
        assert trial.user_attrs["status_of_child"] == 0
        assert sorted(trial.intermediate_values) == [*range(200), *range(1000, 1200)]


def test_a_forked_process_that_is_killed_takes_no_answer_along(
    make_study: StudyMaker, start_worker: WorkerStarter
) -> None:
    study = make_study().control(max_trials=2)
    worker = run(start_worker, study, "forks_and_is_killed", "Process")
    assert study.counts() == {"COMPLETE": 2}, worker.log()
    assert [sorted(trial.intermediate_values) for trial in study.trials] == [[*range(100)]] * 2


@ISOLATIONS
def test_a_forked_process_that_returns_does_not_end_the_trial(
    make_study: StudyMaker, start_worker: WorkerStarter, isolation: str
) -> None:
    study = make_study().control(max_trials=4)
    worker = run(start_worker, study, "returns_twice", isolation)
    assert study.counts() == {"COMPLETE": 4}, worker.log()
    assert [trial.value for trial in study.trials] == [trial.params["x"] for trial in study.trials]


@ISOLATIONS
def test_threads_share_the_trial(make_study: StudyMaker, start_worker: WorkerStarter, isolation: str) -> None:
    study = make_study().control(max_trials=2)
    worker = run(start_worker, study, "threads", isolation)
    assert study.counts() == {"COMPLETE": 2}, worker.log()


@ISOLATIONS
def test_copies_of_the_trial_here_and_in_pools(
    make_study: StudyMaker, start_worker: WorkerStarter, isolation: str
) -> None:
    study = make_study().control(max_trials=1)
    worker = run(start_worker, study, "copies", isolation)
    assert study.counts() == {"COMPLETE": 1}, worker.log()
    assert study.trials[0].user_attrs["elsewhere"] == (
        "trial 0: `report` is not available on a copy of the trial in a process that was not forked from its own, or "
        "after its end. Call the trial in the objective while it runs, and pass plain values such as `trial.params` to "
        "other code"
    )


@ISOLATIONS
def test_a_pickled_trial_can_be_read_after_its_end(
    make_study: StudyMaker, start_worker: WorkerStarter, isolation: str
) -> None:
    study = make_study().control(max_trials=2)
    worker = run(start_worker, study, "outlives", isolation)
    assert study.counts() == {"COMPLETE": 2}, worker.log()
    attributes = study.trials[1].user_attrs
    assert attributes["number"] == 0
    assert attributes["sentence"].startswith("trial 0: `report` is not available on a copy of the trial")


def test_the_trials_process_has_no_database_login(make_study: StudyMaker, start_worker: WorkerStarter) -> None:
    study = make_study().control(max_trials=1)
    worker = run(start_worker, study, "private", "Process")
    assert study.trials[0].user_attrs["secrets"] == [], worker.log()
