"""Choices reach the code as it wrote them, on any worker; a list that changed is named before a trial."""

from __future__ import annotations

import optuna
import pytest
from optuna.trial import TrialState

from hpotrial import protocol
from tests.trial.builders import SweepStudy, work
from tests.trial.conftest import StudyMaker, WorkerStarter
from tests.trial.objectives.choices import EQUAL, LAYERS

pytestmark = pytest.mark.postgres

TPE = {"name": "TPESampler", "options": {"n_startup_trials": 2, "multivariate": True}}
ISOLATIONS = ["Process", "None"]


def errors(study: SweepStudy) -> list[str]:
    return [trial.user_attrs.get(protocol.ERROR, "") for trial in study.trials if trial.state == TrialState.FAIL]


@pytest.mark.parametrize("isolation", ISOLATIONS)
def test_tuples_lists_and_equal_choices_work_with_two_workers_and_a_successor(
    make_study: StudyMaker, start_worker: WorkerStarter, isolation: str
) -> None:
    study = make_study().control(max_trials=10)
    block = work("choices:odd", sampler=TPE, isolation=isolation)
    workers = [start_worker(study, block, index) for index in range(2)]
    assert [worker.wait() for worker in workers] == [protocol.EXIT_DONE] * 2
    study.control(max_trials=14)
    assert start_worker(study, block, **{protocol.POD_UID_ENV: "a successor"}).wait() == protocol.EXIT_DONE
    assert errors(study) == []
    assert len(study.of_state(TrialState.COMPLETE)) == 14
    for trial in study.trials:
        position = int(trial.distributions["equal"].to_internal_repr(trial.params["equal"]))
        assert trial.user_attrs["equal"] == repr(EQUAL[position])
        place = int(trial.distributions["layers"].to_internal_repr(trial.params["layers"]))
        assert trial.user_attrs["layers"] == repr(LAYERS[place])


def test_plain_optuna_continues_a_study_of_tuples_and_is_continued(
    make_study: StudyMaker, start_worker: WorkerStarter
) -> None:
    study = make_study().control(max_trials=4)
    study.study.add_trial(
        optuna.create_trial(
            params={"layers": LAYERS[1]},
            distributions={"layers": optuna.distributions.CategoricalDistribution(LAYERS)},
            value=1.0,
        )
    )
    study.study.enqueue_trial({"layers": (16, 32), "x": 0.5})
    assert start_worker(study, work("choices:odd", sampler=TPE)).wait() == protocol.EXIT_DONE
    assert errors(study) == []
    (enqueued,) = [trial for trial in study.trials if "fixed_params" in trial.system_attrs]
    assert enqueued.user_attrs["layers"] == "(16, 32)"


@pytest.mark.parametrize("isolation", ISOLATIONS)
def test_choices_that_depend_on_the_trial_are_named_with_both_lists(
    make_study: StudyMaker, start_worker: WorkerStarter, isolation: str
) -> None:
    study = make_study().control(max_trials=4)
    assert start_worker(study, work("choices:depends", isolation=isolation)).wait() == protocol.EXIT_DONE
    assert len(errors(study)) == 2
    for error in errors(study):
        assert error.startswith(
            "SpaceVariesError: parameter `width`: its definition differs from that of an earlier trial "
            "(got [128, 256]; allowed [8, 16]). Give each definition a name of its own"
        )
        assert "choices.py:" in error


@pytest.mark.parametrize("isolation", ISOLATIONS)
def test_a_list_that_changed_since_the_last_run_costs_no_trial(
    make_study: StudyMaker, start_worker: WorkerStarter, isolation: str
) -> None:
    study = make_study().control(max_trials=6)
    block = work("choices:changed", isolation=isolation)
    study.control(max_trials=2)
    assert start_worker(study, block, CHOICES="1,2").wait() == protocol.EXIT_DONE
    study.study.enqueue_trial({"k": 2})
    study.control(max_trials=6)
    second = start_worker(study, block, CHOICES="1,2,3", **{protocol.POD_UID_ENV: "second"})
    assert second.wait() == protocol.EXIT_DONE
    (error,) = errors(study)
    assert "parameter `k`: its definition differs from that of earlier trials of the study" in error
    assert "(got [1, 2, 3]; allowed [1, 2])" in error
    breaker = study.study.user_attrs[protocol.BREAKER]
    assert (breaker["reason"], breaker["error"]) == ("SpaceChanged", error)
    assert "the code and the study define a parameter differently" in second.log()
    (failed,) = study.of_state(TrialState.FAIL)
    assert failed.user_attrs[protocol.CHARGED] is False
    (waiting,) = study.of_state(TrialState.WAITING)  # the enqueued trial is not lost
    assert waiting.system_attrs["fixed_params"] == {"k": 2}
