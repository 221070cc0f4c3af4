"""After a trial with which the sweep may stop, a worker lets the operator judge it before it starts another."""

from __future__ import annotations

from itertools import count
from typing import Any

import optuna
import pytest
from optuna.trial import TrialState

from hpotrial import protocol
from hpotrial.config import WorkerIdentity
from hpotrial.failures.classify import TrialOutcome
from hpotrial.lifecycle.claim import TrialClaimer
from hpotrial.lifecycle.review import MAX_WAIT_SECONDS, await_review
from hpotrial.protocol.control import Goal, Review
from hpotrial.storage.retry import RetryPolicy
from hpotrial.storage.study import open_study
from tests.trial.builders import SWEEP_UID, SweepStudy, until, work
from tests.trial.conftest import StudyMaker, WorkerStarter

pytestmark = pytest.mark.postgres

FAST = work("slow:few_milliseconds")  # its value is between 0 and 1
GOAL = {"goals": [[0, 2.0, False]]}  # below 2


@pytest.mark.parametrize(("review", "trials"), [(GOAL, 1), ({"finished": 3}, 3)], ids=["goal", "patience"])
def test_a_worker_that_waits_starts_no_trial_before_it_is_stopped(
    make_study: StudyMaker, start_worker: WorkerStarter, review: dict[str, Any], trials: int
) -> None:
    study = make_study().control(max_trials=50, review=review)
    worker = start_worker(study, FAST)
    until(lambda: len(study.of_state(TrialState.COMPLETE)) == trials, "the trial after which it waits")
    study.control("Drain", max_trials=50)
    assert worker.wait() == protocol.EXIT_DONE
    assert study.counts() == {"COMPLETE": trials}


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
        (Review((Goal(0, 0.5, is_above=True),)), None, None, False),
        (Review((Goal(0, 0.5, is_above=True),)), (0.6,), [0.1], False),
        (Review((Goal(0, 0.5, is_above=True),)), (0.6,), [0.0], True),
        (Review(finished=0), None, None, True),
        (Review(finished=1), None, None, False),
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
    """Return how often it waited, by a clock that goes on by a second with every look."""
    never = RetryPolicy(sleep=lambda seconds: False)
    sampler, pruner = optuna.samplers.RandomSampler(), optuna.pruners.NopPruner()
    handle = open_study(protocol.libpq_url(study.uri), study.name, sampler, pruner, never)
    identity = WorkerIdentity("pod", "uid", "node", 0)
    _, owned = TrialClaimer(handle, SWEEP_UID, identity, "image").ask()
    assert owned is not None
    if constraints is not None:
        handle.storage.set_trial_system_attr(owned.id, "constraints", constraints)
    waits: list[float] = []
    seconds = count()

    def wait(pause: float) -> bool:
        waits.append(pause)
        return False

    outcome = TrialOutcome(TrialState.COMPLETE if values else TrialState.PRUNED, values)
    await_review(handle, SWEEP_UID, owned, outcome, review, wait, lambda: float(next(seconds)))
    return len(waits)
