"""`spec.objective.callbacks` after each trial, and methods as objectives, in both isolations."""

from __future__ import annotations

import pytest

from hpotrial import protocol
from hpotrial.objective.load import ObjectiveNotFoundError, resolve
from tests.trial.builders import OBJECTIVES, until, work
from tests.trial.conftest import StudyMaker, WorkerStarter

pytestmark = pytest.mark.postgres

ISOLATIONS = pytest.mark.parametrize("isolation", ["Process", "None"])


def test_each_trial_that_ends_is_passed_with_its_result(make_study: StudyMaker, start_worker: WorkerStarter) -> None:
    study = make_study().control(max_trials=5)
    worker = start_worker(study, work("called_back:objective", callbacks=["called_back:note", "called_back:tracker"]))
    assert worker.wait() == protocol.EXIT_DONE, worker.log()
    assert study.counts() == {"COMPLETE": 2, "FAIL": 2, "PRUNED": 1}
    notes = [study.study.user_attrs[f"trial-{number}"] for number in range(5)]
    assert [note["state"] for note in notes] == ["COMPLETE", "FAIL", "PRUNED", "FAIL", "COMPLETE"]
    assert [note["value"] for note in notes] == [trial.value for trial in study.trials]
    assert [note["x"] for note in notes] == [trial.params["x"] for trial in study.trials]
    assert all(note["has_ended"] and note["is_study"] for note in notes)
    assert notes[0]["best"] == 0
    # A process that was killed cannot call anything: a fresh one does.
    assert [note["in_its_process"] for note in notes] == [True, True, True, False, True]
    assert study.study.user_attrs["tracked"] == 4


@ISOLATIONS
def test_a_callback_that_raises_costs_no_result(
    make_study: StudyMaker, start_worker: WorkerStarter, isolation: str
) -> None:
    study = make_study().control(max_trials=2)
    callbacks = ["called_back:raises", "called_back:note"]
    worker = start_worker(study, work("called_back:steady", isolation=isolation, callbacks=callbacks))
    assert worker.wait() == protocol.EXIT_DONE, worker.log()
    assert study.counts() == {"COMPLETE": 2}
    line = next(line for line in worker.log().splitlines() if line.startswith("trial 0: "))
    sentence = "callback `called_back:raises` raised RuntimeError: the tracking server is unreachable (called_back.py:"
    assert line.startswith(f"trial 0: {sentence}")
    assert line.endswith("; its result is kept")
    assert study.study.user_attrs["trial-1"]["state"] == "COMPLETE"


def test_a_callback_that_ends_its_process_costs_no_result(make_study: StudyMaker, start_worker: WorkerStarter) -> None:
    study = make_study().control(max_trials=2)
    worker = start_worker(study, work("called_back:steady", callbacks=["called_back:exits"]))
    assert worker.wait() == protocol.EXIT_DONE, worker.log()
    assert study.counts() == {"COMPLETE": 2}
    assert "trial 1: callbacks: the process ended with exit code 7 and without a result; its result is kept" in (
        worker.log()
    )


def test_a_callback_that_hangs_does_not_keep_a_worker_that_must_exit(
    make_study: StudyMaker, start_worker: WorkerStarter
) -> None:
    study = make_study().control(max_trials=2)
    worker = start_worker(study, work("called_back:steady", callbacks=["called_back:sleeps"]))
    until(lambda: "the callback sleeps" in worker.log(), "the callback")
    worker.terminate()
    assert worker.wait() == protocol.EXIT_INTERRUPTED, worker.log()
    assert study.counts() == {"COMPLETE": 1}
    assert "trial 0: callbacks: ended, because this worker must exit; its result is kept" in worker.log()


@ISOLATIONS
def test_a_callback_may_stop_the_study_and_enqueue_a_trial(
    make_study: StudyMaker, start_worker: WorkerStarter, isolation: str
) -> None:
    study = make_study().control(max_trials=5)
    callbacks = ["called_back:enqueues", "called_back:stops"]
    worker = start_worker(study, work("called_back:steady", isolation=isolation, callbacks=callbacks))
    assert worker.wait() == protocol.EXIT_DONE, worker.log()
    assert study.counts() == {"COMPLETE": 2}
    assert study.trials[1].params == {"x": 0.5}
    assert study.study.user_attrs[protocol.STOPPED] is True


def test_a_callback_that_does_not_exist_is_refused_before_any_trial(
    make_study: StudyMaker, start_worker: WorkerStarter
) -> None:
    study = make_study()
    worker = start_worker(study, work("called_back:steady", callbacks=["called_back:notes"]))
    assert worker.wait() == protocol.EXIT_INVALID_CONFIG, worker.log()
    assert worker.message().startswith(
        "spec.objective.callbacks: `called_back:notes`: `called_back` has no `notes`; did you mean `note`?"
    )
    assert study.trials == []


def test_callbacks_of_a_program(make_study: StudyMaker, start_worker: WorkerStarter) -> None:
    study = make_study().control(max_trials=1)
    block = {
        "objective": {"command": ["sh", "-c", "echo $HPO_PARAM_X"]},
        "searchSpace": [{"name": "x", "float": {"low": 0, "high": 1}}],
        "callbacks": ["called_back:note"],
    }
    worker = start_worker(study, block)
    assert worker.wait() == protocol.EXIT_DONE, worker.log()
    assert study.study.user_attrs["trial-0"]["state"] == "COMPLETE", worker.log()


@pytest.mark.parametrize(
    ("reference", "offset"),
    [
        ("called_back:Objective.method", 2.0),
        ("called_back:instance.method", 3.0),
        ("called_back:Objective.static", 5.0),
        ("called_back:Objective.of_class", 6.0),
    ],
)
@ISOLATIONS
def test_methods_are_objectives(
    make_study: StudyMaker, start_worker: WorkerStarter, isolation: str, reference: str, offset: float
) -> None:
    study = make_study().control(max_trials=1)
    worker = start_worker(study, work(reference, isolation=isolation))
    assert worker.wait() == protocol.EXIT_DONE, worker.log()
    assert [trial.value for trial in study.trials] == [trial.params["x"] + offset for trial in study.trials]


def test_a_method_whose_class_needs_arguments_is_refused() -> None:
    with pytest.raises(ObjectiveNotFoundError) as caught:
        resolve("called_back:NeedsData.method", str(OBJECTIVES))
    assert str(caught.value) == (
        "objective `called_back:NeedsData.method`: is a method, and `NeedsData()` raised TypeError: "
        "NeedsData.__init__() missing 1 required positional argument: 'data'. Create an instance in the module, and "
        "name its method"
    )
