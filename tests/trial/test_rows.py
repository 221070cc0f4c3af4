"""The rows that the worker writes are those that Optuna writes: other tools must not see a difference."""

from __future__ import annotations

import datetime
import math
import uuid
from collections.abc import Callable
from typing import Any

import optuna
import pytest
from optuna.trial import TrialState
from sqlalchemy import text

from hpotrial import protocol
from hpotrial.config import WorkerIdentity
from hpotrial.failures.classify import TrialOutcome
from hpotrial.lifecycle.claim import TrialClaimer
from hpotrial.lifecycle.tell import tell
from hpotrial.storage.connection import ConnectionLostError
from hpotrial.storage.retry import RetryPolicy
from hpotrial.storage.study import StudyHandle, open_study
from tests.trial.builders import SWEEP_UID, SweepStudy
from tests.trial.conftest import StudyMaker

pytestmark = pytest.mark.postgres

WHO = WorkerIdentity("", "", "", 0)
OURS = "join trials t using (trial_id) where t.study_id = :study"
COLUMNS = {
    "trials": "number, state, datetime_start is null, datetime_complete is null from trials t where study_id = :study",
    "params": f"number, param_name, param_value, distribution_json from trial_params {OURS}",
    "values": f"number, objective, value, value_type from trial_values {OURS}",
    "steps": f"number, step, intermediate_value, intermediate_value_type from trial_intermediate_values {OURS}",
    "user": f"number, key, value_json from trial_user_attributes {OURS} and key not like 'hposweep:%'",
    "system": f"number, key, value_json from trial_system_attributes {OURS}",
}


def open_handle(
    study: SweepStudy, sampler: optuna.samplers.BaseSampler, pruner: optuna.pruners.BasePruner
) -> StudyHandle:
    never = RetryPolicy(sleep=lambda seconds: False)
    return open_study(protocol.libpq_url(study.uri), study.name, sampler, pruner, never)


def ours(study: StudyHandle, objective: Callable[[optuna.Trial], float], trials: int) -> None:
    claimer = TrialClaimer(study, SWEEP_UID, WHO, "")
    for _ in range(trials):
        _, trial = claimer.ask()
        assert trial is not None
        try:
            verdict = TrialOutcome(TrialState.COMPLETE, (objective(trial.optuna_trial),))
        except optuna.TrialPruned:
            verdict = TrialOutcome(TrialState.PRUNED)
        tell(study, trial, verdict, WHO)


def rows(study: SweepStudy) -> dict[str, list[Any]]:
    result = {}
    with study.storage.engine.begin() as connection:
        for name, columns in COLUMNS.items():
            # Ids and times differ between the two studies, and so does the order in which rows come.
            statement = text(f"select * from (select {columns}) as r order by r::text")  # noqa: S608  (constants)
            result[name] = [tuple(row) for row in connection.execute(statement, {"study": study.study._study_id})]
    return result


def objective(trial: optuna.Trial) -> float:
    rate = trial.suggest_float("rate", 1e-5, 1e-1, log=True)
    step_size = trial.suggest_float("step_size", 0.0, 1.0, step=0.05)
    depth = trial.suggest_int("depth", 1, 9)
    kind = trial.suggest_categorical("kind", ["a", None, 2, 0.5, True])
    trial.set_user_attr("note", {"deep": [1, "zwei", None, math.inf]})
    trial.set_constraint("latency", rate - 0.05)
    for step in range(4):
        trial.report({0: math.nan, 1: math.inf, 2: -math.inf}.get(step, rate), step)
    for step in range(4, 8):
        trial.report(depth + step_size, step)
        if trial.should_prune():
            raise optuna.TrialPruned
    return math.inf if kind is None else rate


@pytest.mark.parametrize("sampler", [optuna.samplers.RandomSampler, optuna.samplers.TPESampler])
def test_the_same_rows(make_study: StudyMaker, sampler: Any) -> None:
    lean, bare = make_study().control(max_trials=30), make_study()
    pruner = optuna.pruners.SuccessiveHalvingPruner(min_resource=4, reduction_factor=2)
    study = open_handle(lean, sampler(seed=4), pruner)
    ours(study, objective, 15)
    study.close()
    optuna.logging.set_verbosity(optuna.logging.ERROR)
    theirs = optuna.load_study(study_name=bare.name, storage=bare.storage, sampler=sampler(seed=4), pruner=pruner)
    theirs.optimize(objective, n_trials=15)
    assert rows(lean) == rows(bare)
    assert {TrialState.COMPLETE, TrialState.PRUNED} == {trial.state for trial in lean.trials}


def test_times_are_those_of_the_database_in_utc(make_study: StudyMaker) -> None:
    lean = make_study()
    study = open_handle(lean, optuna.samplers.RandomSampler(), optuna.pruners.NopPruner())
    ours(study, lambda trial: trial.suggest_float("x", 0, 1), 1)
    study.close()
    (trial,) = lean.trials
    assert trial.datetime_start is not None
    assert trial.datetime_complete is not None
    assert datetime.timedelta(0) <= trial.datetime_complete - trial.datetime_start < datetime.timedelta(minutes=1)
    assert abs(trial.datetime_start - datetime.datetime.now()) < datetime.timedelta(minutes=1)


def test_numbers_are_given_once_however_many_ask_and_whoever_they_are(make_study: StudyMaker) -> None:
    lean = make_study().control(max_trials=100)
    study = open_handle(lean, optuna.samplers.RandomSampler(), optuna.pruners.NopPruner())
    ours(study, lambda trial: trial.suggest_float("x", 0, 1), 3)
    lean.study.optimize(lambda trial: trial.suggest_float("x", 0, 1), n_trials=3)
    lean.study.enqueue_trial({"x": 0.5})
    ours(study, lambda trial: trial.suggest_float("x", 0, 1), 3)
    study.close()
    assert [trial.number for trial in lean.trials] == list(range(9))
    assert lean.trials[6].params == {"x": 0.5}
    assert lean.counts() == {"COMPLETE": 9}


def test_a_space_that_changes_its_choices_is_refused_with_both_lists(make_study: StudyMaker) -> None:
    lean = make_study()
    lean.study.optimize(lambda trial: float(trial.suggest_categorical("n", [1, 2])), n_trials=1)
    study = open_handle(lean, optuna.samplers.RandomSampler(), optuna.pruners.NopPruner())
    with pytest.raises(ValueError, match=r"parameter `n`: its definition differs .*got \[1, 2, 3\]; allowed \[1, 2\]"):
        ours(study, lambda trial: float(trial.suggest_categorical("n", [1, 2, 3])), 1)
    study.close()


@pytest.mark.parametrize(
    ("misuse", "sentence"),
    [
        (lambda trial: trial.suggest_float("x" * 513, 0, 1), "parameter `x+…` has 513 characters; at most 512"),
        (lambda trial: trial.suggest_float("x\0", 0, 1), r"parameter 'x\\x00' contains characters that the database"),
        (lambda trial: trial.set_user_attr("\ud800", 1), "user attribute .* contains characters that the database"),
        (lambda trial: trial.report(1.0, 2**31), "`step` is 2147483648; it must be from 0 to 2147483647"),
    ],
)
def test_what_no_database_can_hold_is_refused_where_it_is_said(
    make_study: StudyMaker, misuse: Callable[[optuna.Trial], Any], sentence: str
) -> None:
    study = open_handle(make_study(), optuna.samplers.RandomSampler(), optuna.pruners.NopPruner())
    with pytest.raises(ValueError, match=sentence):
        ours(study, misuse, 1)
    study.close()


def test_a_lost_reply_to_asking_makes_no_second_trial(make_study: StudyMaker) -> None:
    lean = make_study().control(max_trials=5)
    who = WorkerIdentity("pod", f"uid-{uuid.uuid4()}", "node", 0)
    study = open_handle(lean, optuna.samplers.RandomSampler(), optuna.pruners.NopPruner())
    run, lost_replies = study.connection.run, 0

    def deaf(statement: str, *arguments: Any, **keywords: Any) -> Any:
        nonlocal lost_replies
        result = run(statement, *arguments, **keywords)
        if "claimed as" in statement and not lost_replies:
            lost_replies += 1
            raise ConnectionLostError("after the commit, before the reply")
        return result

    study.connection.run = deaf  # type: ignore[method-assign]
    _, trial = TrialClaimer(study, SWEEP_UID, who, "").ask()
    assert trial is not None
    assert lost_replies == 1
    assert [(trial.number, trial.state) for trial in lean.trials] == [(0, TrialState.RUNNING)]
    study.close()


def test_an_attribute_for_a_study_that_was_deleted_is_no_error(make_study: StudyMaker) -> None:
    """Else a sampler with a memory would end its worker as broken, which is fenced in a moment."""
    study = make_study()
    ours = open_handle(study, optuna.samplers.RandomSampler(), optuna.pruners.NopPruner())
    ours.optuna_study.set_user_attr("kept", 1)
    assert study.study.user_attrs["kept"] == 1
    study.delete()
    ours.optuna_study.set_user_attr("lost", 1)
    ours.storage.set_study_system_attr(ours.id, "lost", 1)
    assert not ours.connection.is_down
    ours.close()
