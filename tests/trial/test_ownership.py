"""Trials change hands once: handing back and telling against a real database."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import optuna
import pytest
from optuna.trial import TrialState

from hpotrial import protocol
from hpotrial.config import WorkerIdentity
from hpotrial.failures.classify import TrialOutcome
from hpotrial.lifecycle.claim import TrialClaimer
from hpotrial.lifecycle.ownership import OwnedTrial, requeue_trial
from hpotrial.lifecycle.tell import tell
from hpotrial.protocol import requeue
from hpotrial.storage.connection import ConnectionLostError
from hpotrial.storage.retry import RetryPolicy
from hpotrial.storage.study import StudyHandle, open_study
from hpotrial.storage.study_storage import OwnershipLostError
from tests.trial.builders import SWEEP_UID, SweepStudy
from tests.trial.conftest import StudyMaker

pytestmark = pytest.mark.postgres

WHO = WorkerIdentity("pod", "uid", "node", 3)


@pytest.fixture
def study(make_study: StudyMaker) -> SweepStudy:
    return make_study()


@pytest.fixture
def handle(study: SweepStudy) -> Iterator[StudyHandle]:
    grid = optuna.samplers.GridSampler({"x": [0.25, 0.5]}, seed=1)
    never = RetryPolicy(sleep=lambda seconds: False)
    handle = open_study(
        protocol.libpq_url(study.uri), study.name, grid, optuna.pruners.NopPruner(), never, "hpotrial test"
    )
    yield handle
    handle.close()


def claim_trial(handle: StudyHandle) -> OwnedTrial:
    _, trial = TrialClaimer(handle, SWEEP_UID, WHO, "").ask()
    assert trial is not None
    return trial


def tell_outcome(handle: StudyHandle, trial: OwnedTrial, outcome: TrialOutcome) -> TrialOutcome:
    return tell(handle, trial, outcome, WHO)


def test_a_copy_keeps_what_the_sampler_decided_and_drops_what_the_first_try_found(
    study: SweepStudy, handle: StudyHandle
) -> None:
    trial = claim_trial(handle)
    trial.optuna_trial.suggest_float("x", 0, 1)
    trial.optuna_trial.set_constraint("latency", 3.0)
    handle.storage.set_trial_system_attr(trial.id, "completed_rung_0", 0.5)
    trial.optuna_trial.set_user_attr("found", "something")
    assert requeue_trial(handle, trial, "Preempted", is_retried=True)

    copy = study.trials[1]
    assert copy.state == TrialState.WAITING
    assert copy.system_attrs == {
        "grid_id": 0,
        "search_space": {"x": [0.25, 0.5]},
        "fixed_params": trial.optuna_trial.params,
    }
    assert copy.user_attrs == {protocol.RETRIED_FROM: 0, protocol.ATTEMPT: 1, protocol.RETRIES: 0}


def test_a_grid_point_is_kept_even_before_it_was_used(study: SweepStudy, handle: StudyHandle) -> None:
    assert requeue_trial(handle, claim_trial(handle), "Preempted", is_retried=True)
    retry = claim_trial(handle)
    assert retry.attempt == 1
    assert study.trials[1].system_attrs["grid_id"] == study.trials[0].system_attrs["grid_id"]


def test_attempts_are_counted_over_several_hands(study: SweepStudy, handle: StudyHandle) -> None:
    for attempt in range(3):
        trial = claim_trial(handle)
        trial.optuna_trial.suggest_float("x", 0, 1)
        assert trial.attempt == attempt
        assert requeue_trial(handle, trial, "Preempted", is_retried=True)
    assert [trial.number for trial in study.trials] == [0, 1, 2, 3]
    assert study.charged() == []


def test_what_somebody_else_ended_is_neither_handed_back_nor_overwritten(
    study: SweepStudy, handle: StudyHandle
) -> None:
    trial = claim_trial(handle)
    trial.optuna_trial.suggest_float("x", 0, 1)
    study.study.tell(trial.number, 7.0)
    assert not requeue_trial(handle, trial, "Preempted", is_retried=True)
    with pytest.raises(
        OwnershipLostError, match="trial 0 was ended as COMPLETE outside this worker; its result is dropped"
    ):
        tell_outcome(handle, trial, TrialOutcome(TrialState.FAIL, None, "ObjectiveError", "late"))
    (trial,) = study.trials
    assert trial.value == 7.0
    assert protocol.CLASS not in trial.user_attrs
    assert protocol.CHARGED not in trial.user_attrs


def test_a_result_whose_reply_was_lost_is_told_once(study: SweepStudy, handle: StudyHandle) -> None:
    trial = claim_trial(handle)
    trial.optuna_trial.suggest_float("x", 0, 1)
    run, calls = handle.connection.run, 0

    def deaf(statement: str, *arguments: Any, **keywords: Any) -> Any:
        nonlocal calls
        rows = run(statement, *arguments, **keywords)
        calls += "trialstate" in statement
        if calls == 1 and "trialstate" in statement:
            raise ConnectionLostError("after the commit, before the reply")
        return rows

    handle.connection.run = deaf  # type: ignore[method-assign]
    tell_outcome(handle, trial, TrialOutcome(TrialState.COMPLETE, (1.0,)))
    assert calls == 2
    assert [trial.value for trial in study.trials] == [1.0]


def test_another_ones_end_of_the_trial_is_not_taken_for_our_own(study: SweepStudy, handle: StudyHandle) -> None:
    trial = claim_trial(handle)
    study.study.tell(trial.number, 2.0)
    with pytest.raises(OwnershipLostError, match="trial 0 was ended as COMPLETE outside this worker"):
        tell_outcome(handle, trial, TrialOutcome(TrialState.COMPLETE, (1.0,)))
    assert [trial.value for trial in study.trials] == [2.0]


def test_a_failure_that_the_operator_gave_it_is_not_taken_for_its_own(study: SweepStudy, handle: StudyHandle) -> None:
    """Else a worker that was given up would go on, and tidy away what the next try of the trial needs."""
    trial = claim_trial(handle)
    with handle.connection.transaction():
        assert requeue.fail_lost(handle.connection.run, handle.id, trial.id, requeue.Loss(protocol.NODE_LOST), 2)
    with pytest.raises(OwnershipLostError, match="trial 0 was ended as FAIL outside this worker"):
        tell_outcome(handle, trial, TrialOutcome(TrialState.FAIL, None, "ObjectiveError", "its own"))
    assert [trial.state for trial in study.trials] == [TrialState.FAIL, TrialState.WAITING]
    assert study.trials[0].user_attrs[protocol.CLASS] == protocol.NODE_LOST


def test_what_the_database_refuses_fails_the_trial_with_a_sentence(study: SweepStudy, handle: StudyHandle) -> None:
    trial = claim_trial(handle)
    handle.storage._outbox.user("broken", "x", 0.0)
    handle.storage._outbox._parts["steps"] = [["no number", "1.0", "FINITE"]]
    outcome = tell_outcome(handle, trial, TrialOutcome(TrialState.COMPLETE, (1.0,)))
    assert outcome.state == TrialState.FAIL
    (trial,) = study.trials
    assert trial.state == TrialState.FAIL
    assert trial.user_attrs[protocol.ERROR].startswith("the database refused what the trial wrote: invalid input")


def test_a_sampler_that_fails_after_the_result_does_not_cost_it(study: SweepStudy, handle: StudyHandle) -> None:
    """GridSampler does so with a trial that it did not place itself."""
    study.study.enqueue_trial({"x": 0.5})
    for _ in range(2):
        trial = claim_trial(handle)
        trial.optuna_trial.suggest_float("x", 0, 1)
        tell_outcome(handle, trial, TrialOutcome(TrialState.COMPLETE, (1.0,)))
    assert study.counts() == {"COMPLETE": 2}


def test_the_connection_says_whose_it_is(handle: StudyHandle) -> None:
    rows = handle.connection.run("select application_name from pg_stat_activity where pid = pg_backend_pid()")
    assert rows == [("hpotrial test",)]
