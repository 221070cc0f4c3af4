"""After a trial with which the sweep may stop, a worker lets the operator judge it before it starts another."""

from __future__ import annotations

from collections.abc import Callable
from itertools import count
from typing import Any

import optuna
import pytest
from optuna.trial import TrialState

from hpotrial import protocol
from hpotrial.config import WorkerIdentity
from hpotrial.failures.classify import TrialOutcome
from hpotrial.lifecycle.claim import TrialClaimer
from hpotrial.lifecycle.review import MAX_WAIT_SECONDS, ReviewWait
from hpotrial.lifecycle.tell import tell
from hpotrial.protocol.control import FailureLimit, Goal, Review
from hpotrial.storage import sql
from hpotrial.storage.retry import RetryPolicy
from hpotrial.storage.study import StudyHandle, open_study
from tests.trial.builders import SWEEP_UID, SweepStudy, until, work
from tests.trial.conftest import StudyMaker, WorkerStarter

pytestmark = pytest.mark.postgres

FAST = work("slow:few_milliseconds")  # its value is between 0 and 1
GOAL = {"goals": [[0, 2.0, False]]}  # below 2
IDENTITY = WorkerIdentity("pod", "uid", "node", 0)
SUCCESS = TrialOutcome(TrialState.COMPLETE, (0.5,))
FAILURE = TrialOutcome(TrialState.FAIL, failure_class=protocol.OBJECTIVE_ERROR, error="ValueError: no good")


@pytest.mark.parametrize(
    ("review", "reference", "counts"),
    [
        (GOAL, "slow:few_milliseconds", {"COMPLETE": 1}),
        ({"finished": 3}, "slow:few_milliseconds", {"COMPLETE": 3}),
        ({"failures": [[0.3, 4]]}, "failing:every_second", {"COMPLETE": 2, "FAIL": 2}),
        ({"maxFailed": 1}, "failing:every_second", {"COMPLETE": 1, "FAIL": 2}),
    ],
    ids=["goal", "patience", "share of failures", "number of failures"],
)
def test_a_worker_that_waits_starts_no_trial_before_it_is_stopped(
    make_study: StudyMaker, start_worker: WorkerStarter, review: dict[str, Any], reference: str, counts: dict[str, int]
) -> None:
    study = make_study().control(max_trials=50, review=review)
    worker = start_worker(study, work(reference))
    until(lambda: study.counts() == counts, "the trial after which it waits")
    study.control("Drain", max_trials=50)
    assert worker.wait() == protocol.EXIT_DONE
    assert study.counts() == counts


def test_the_share_of_failures_is_exceeded_by_a_failure_or_by_the_first_trials(make_study: StudyMaker) -> None:
    study = make_study().control(max_trials=50, review={"failures": [[0.5, 3]]})
    handle, review = _open(study), Review(failures=(FailureLimit(0.5, 3),))
    reviews, waits = _counted(handle, wait=lambda: True)
    has_waited = []
    for outcome in (FAILURE, FAILURE, SUCCESS, SUCCESS, SUCCESS, FAILURE, FAILURE):
        _run(handle, reviews, review, outcome)
        has_waited.append(bool(waits))
        waits.clear()
    assert has_waited == [False, False, True, False, False, False, True]


def test_the_number_of_failures_is_exceeded_by_a_failure_only(make_study: StudyMaker) -> None:
    study = make_study().control(max_trials=50, review={"maxFailed": 1})
    handle, review = _open(study), Review(max_failed=1)
    reviews, waits = _counted(handle, wait=lambda: True)
    has_waited = []
    for outcome in (FAILURE, SUCCESS, FAILURE, SUCCESS, FAILURE):
        _run(handle, reviews, review, outcome)
        has_waited.append(bool(waits))
        waits.clear()
    assert has_waited == [False, False, True, False, True]


def test_a_trial_that_fails_without_charge_exceeds_no_limit(make_study: StudyMaker) -> None:
    study = make_study().control(max_trials=50)
    for attributes in ({}, {protocol.CHARGED: False}):
        study.study.add_trial(optuna.trial.create_trial(state=TrialState.FAIL, user_attrs=attributes))
    handle, review = _open(study), Review(failures=(FailureLimit(0.5, 2),))
    reviews, waits = _counted(handle)
    _run(handle, reviews, review, SUCCESS)
    assert not waits, "one of two trials failed, not two of three"


def test_a_success_is_counted_only_until_the_limit_has_its_first_trials(
    make_study: StudyMaker, monkeypatch: pytest.MonkeyPatch
) -> None:
    study = make_study().control(max_trials=50)
    handle, review = _open(study), Review(failures=(FailureLimit(0.5, 2),))
    reviews, _ = _counted(handle)
    statements: list[str] = []
    run = handle.connection.run

    def recorded(statement: str, *arguments: Any, **keywords: Any) -> list[tuple[Any, ...]]:
        statements.append(statement)
        return run(statement, *arguments, **keywords)

    monkeypatch.setattr(handle.connection, "run", recorded)
    for _ in range(5):
        _run(handle, reviews, review, SUCCESS)
    assert statements.count(sql.FINISHED) == 2
    _run(handle, reviews, review, FAILURE)
    assert statements.count(sql.FINISHED) == 3


def test_a_worker_goes_on_when_the_operator_has_judged(make_study: StudyMaker, start_worker: WorkerStarter) -> None:
    study = make_study().control(max_trials=6, review={"finished": 2})
    worker = start_worker(study, FAST)
    until(lambda: len(study.of_state(TrialState.COMPLETE)) == 2, "two trials")
    study.control(max_trials=6, review={"finished": 100})
    assert worker.wait() == protocol.EXIT_DONE
    assert study.counts() == {"COMPLETE": 6}


@pytest.mark.parametrize(
    ("review", "values", "constraints", "is_due"),
    [
        (Review((Goal(0, 0.5, is_above=True),)), (0.6,), None, True),
        (Review((Goal(0, 0.5, is_above=True),)), (0.5,), None, False),
        (Review((Goal(0, 0.5, is_above=True),)), (float("inf"),), None, False),
        (Review((Goal(0, 0.5, is_above=False),)), (0.4,), None, True),
        (Review((Goal(1, 0.5, is_above=True),)), (0.6,), None, False),
        (Review((Goal(0, 0.5, is_above=True, restriction={"kind": "a"}),)), (0.6,), None, False),
        (Review((Goal(0, 0.5, is_above=True),)), None, None, False),
        (Review((Goal(0, 0.5, is_above=True),)), (0.6,), [0.1], False),
        (Review((Goal(0, 0.5, is_above=True),)), (0.6,), [0.0], True),
        (Review(finished=0), None, None, True),
        (Review(finished=1), None, None, False),
        (Review((Goal(0, 0.5, is_above=True),), finished=0), (0.6,), [0.1], True),
    ],
)
def test_it_waits_at_most_so_long_and_only_where_a_rule_may_hold(
    make_study: StudyMaker,
    review: Review,
    values: tuple[float, ...] | None,
    constraints: list[float] | None,
    is_due: bool,
) -> None:
    study = make_study().control(max_trials=5, review=review.to_json())
    assert _waits(study, review, values, constraints) == (MAX_WAIT_SECONDS - 1 if is_due else 0)


def _waits(study: SweepStudy, review: Review, values: tuple[float, ...] | None, constraints: list[float] | None) -> int:
    """Return how often it waited."""
    handle = _open(study)
    _, owned = TrialClaimer(handle, SWEEP_UID, IDENTITY, "image").ask()
    assert owned is not None
    if constraints is not None:
        handle.storage.set_trial_system_attr(owned.id, "constraints", constraints)
    outcome = TrialOutcome(TrialState.COMPLETE if values else TrialState.PRUNED, values)
    reviews, waits = _counted(handle)
    reviews.await_review(owned, outcome, review)
    return len(waits)


def _open(study: SweepStudy) -> StudyHandle:
    never = RetryPolicy(sleep=lambda seconds: False)
    sampler, pruner = optuna.samplers.RandomSampler(), optuna.pruners.NopPruner()
    return open_study(protocol.libpq_url(study.uri), study.name, sampler, pruner, never)


def _counted(handle: StudyHandle, wait: Callable[[], bool] = lambda: False) -> tuple[ReviewWait, list[float]]:
    """Return the wait by a clock that goes on by a second with every look, and the pauses that it made."""
    waits: list[float] = []
    seconds = count()

    def pause(length: float) -> bool:
        waits.append(length)
        return wait()

    return ReviewWait(handle, SWEEP_UID, pause, lambda: float(next(seconds))), waits


def _run(handle: StudyHandle, reviews: ReviewWait, review: Review, outcome: TrialOutcome) -> None:
    _, owned = TrialClaimer(handle, SWEEP_UID, IDENTITY, "image").ask()
    assert owned is not None
    reviews.await_review(owned, tell(handle, owned, outcome, IDENTITY), review)
