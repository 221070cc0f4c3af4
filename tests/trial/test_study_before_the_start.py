"""What a study had before its sweep started: trials that do not count, and the best ones of another study."""

from __future__ import annotations

from typing import Any

import optuna
import pytest
from optuna.trial import TrialState

from hposweep.database.study import Studies
from hposweep.model.trials import Study
from hpotrial import protocol
from tests.trial.builders import SWEEP_UID, SweepStudy
from tests.trial.conftest import StudyMaker, WorkerStarter
from tests.trial.study_start import CNN, CONTEXT, OTHER, enqueue, sweep_of, two_families, warm

pytestmark = pytest.mark.postgres


def complete(study: SweepStudy, *values: float, x: float = 0.0) -> None:
    trial = study.study.ask({"x": optuna.distributions.FloatDistribution(-5, 5)})
    study.study.tell(trial, list(values))


def read(studies: Studies, name: str, *maximize: bool) -> Study:
    study = studies.read(name, list(maximize) or [False])
    assert study is not None
    return study


def test_trials_that_an_adopted_study_has_do_not_count(
    make_study: StudyMaker, start_worker: WorkerStarter, make_studies: Any
) -> None:
    """Finished, running and failed ones: all but those that are not charged, and those that wait."""
    study = make_study()
    studies = make_studies(study)
    studies.disown(study.study._study_id, SWEEP_UID)
    complete(study, 1.0)
    complete(study, 2.0)
    running, failed, uncharged = (study.study.ask() for _ in range(3))
    study.study.tell(failed, state=TrialState.FAIL)
    uncharged.set_user_attr(protocol.CHARGED, False)
    study.study.tell(uncharged, state=TrialState.FAIL)
    study.study.enqueue_trial(CNN)
    studies.create(study.name, ["MINIMIZE"], ["loss"], SWEEP_UID)
    assert read(studies, study.name).existing == 4
    studies.create(study.name, ["MINIMIZE"], ["loss"], SWEEP_UID)
    assert read(studies, study.name).existing == 4

    sweep = sweep_of(CONTEXT, adopt=True, countExisting=False, max_trials=3).with_uncounted(existing=4, baseline=None)
    assert (sweep.spec.trials.max, sweep.contract.trials.max, sweep.existing_trials) == (7, 3, 4)
    study.control(max_trials=sweep.spec.trials.max)
    assert enqueue(sweep, study, studies) == 1
    study.study.tell(running, 3.0)
    assert start_worker(study, two_families()).wait() == protocol.EXIT_DONE
    assert len(study.charged()) == 4 + 3
    assert study.counts() == {"COMPLETE": 6, "FAIL": 2}


def test_a_new_owner_has_a_start_of_its_own(make_study: StudyMaker, make_studies: Any) -> None:
    study = make_study()
    studies = make_studies(study)
    enqueue(sweep_of(CNN, warm_start=True, max_trials=20), study, studies, warm_starts=warm((1, OTHER)))
    assert read(studies, study.name).warm_start is not None
    studies.disown(study.study._study_id, SWEEP_UID)
    studies.create(study.name, ["MINIMIZE"], ["loss"], "another")
    assert read(studies, study.name).warm_start is None


def test_candidates_are_the_best_feasible_trials(make_study: StudyMaker, make_studies: Any) -> None:
    study = make_study()
    studies = make_studies(study)
    for value in (3.0, 1.0, float("inf"), 2.0):
        complete(study, value)
    best = study.study.ask({"x": optuna.distributions.FloatDistribution(-5, 5)})
    best.set_constraint("size", 1.0)
    study.study.tell(best, 0.0)
    study.study.tell(study.study.ask(), state=TrialState.FAIL)
    candidates = studies.candidates(study.study._study_id, [False], 2)
    assert [(entry.number, entry.params) for entry in candidates] == [
        (number, study.trials[number].params) for number in (1, 3)
    ]
    assert [entry.number for entry in studies.candidates(study.study._study_id, [True], 9)] == [0, 3, 1]


def test_candidates_of_several_objectives_are_the_pareto_front(make_study: StudyMaker, make_studies: Any) -> None:
    study = make_study("minimize", "maximize")
    studies = make_studies(study)
    for values in ((1.0, 1.0), (2.0, 2.0), (3.0, 1.5), (4.0, 4.0), (5.0, 5.0)):
        complete(study, *values)
    study_id = study.study._study_id
    assert [entry.number for entry in studies.candidates(study_id, [False, True], 9)] == [0, 1, 3, 4]
    assert [entry.number for entry in studies.candidates(study_id, [False, True], 2)] == [0, 4]
    assert sorted(trial.number for trial in study.study.best_trials) == [0, 1, 3, 4]
