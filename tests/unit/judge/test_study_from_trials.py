"""A study from its trials alone: the same counts and the same best as SQL finds (tests/integration holds both)."""

from __future__ import annotations

import math

from hposweep.api.spec import StudyObjectiveSpec
from hposweep.judge.study_from_trials import study_of
from hposweep.model.trials import Best, BestObjectiveValue, Counts
from hpotrial import protocol
from tests.unit.judge.histories import failed, history, of_values, trial

UP, DOWN = StudyObjectiveSpec("acc", "Maximize"), StudyObjectiveSpec("ms", "Minimize")


def test_every_state_is_counted_and_what_is_not_charged_twice() -> None:
    study = study_of(
        history(
            trial(0, 0.1),
            trial(1, state="PRUNED"),
            failed(2),
            failed(3, protocol.PREEMPTED, charged=False),
            trial(4, state="RUNNING"),
            trial(5, state="WAITING", attributes={protocol.RETRIED_FROM: 3}),
        ),
        (UP,),
        study_id=7,
        name="s",
    )
    assert study.counts == Counts(complete=1, pruned=1, failed=2, running=1, waiting=1, uncharged=1)
    assert (study.counts.finished, study.counts.charged_failures) == (3, 1)
    assert study.failures == {protocol.OBJECTIVE_ERROR: 1, protocol.PREEMPTED: 1}
    assert (study.retried, study.id, study.name, study.directions) == (1, 7, "s", ("MAXIMIZE",))


def test_a_class_that_nobody_knows_is_no_class() -> None:
    assert study_of(history(failed(0, "Bored"), failed(1, protocol.CRASHED)), (UP,)).failures == {protocol.CRASHED: 1}


def test_the_best_follows_the_direction_and_ties_go_to_the_lower_number() -> None:
    values = [0.2, 0.9, 0.9, 0.1, 0.1]
    up, down = study_of(of_values(values), (UP,)).best, study_of(of_values(values), (DOWN,)).best
    assert (up.trial and up.trial.number, up.by_objective) == (1, (BestObjectiveValue(1, 0.9),))
    assert (down.trial and down.trial.number, down.by_objective) == (3, (BestObjectiveValue(3, 0.1),))
    assert up.trial is not None
    assert up.trial.front is None
    assert up.trial.time is not None


def test_only_complete_finite_and_feasible_trials_can_be_the_best() -> None:
    trials = (
        trial(0, math.inf),
        trial(1, 9.0, is_feasible=False),
        trial(2, 8.0, state="PRUNED"),
        trial(3, math.nan),
        trial(4, 1.0),
    )
    best = study_of(history(*trials), (UP,)).best
    assert best.trial is not None
    assert best.trial.number == 4
    assert study_of(history(*trials[:4]), (UP,)).best == Best()


def test_a_front_has_a_size_and_each_objective_a_best_of_its_own() -> None:
    trials = (
        trial(0, (0.5, 10.0)),
        trial(1, (0.9, 30.0)),
        trial(2, (0.4, 20.0)),  # beaten by 0
        trial(3, (math.nan, 1.0)),  # not a whole trial, but the quickest
        trial(4, (0.9, 30.0)),  # the same point as 1
    )
    best = study_of(history(*trials), (UP, DOWN)).best
    assert best.trial is not None
    assert (best.trial.number, best.trial.front) == (1, 3)
    assert best.by_objective == (BestObjectiveValue(1, 0.9), BestObjectiveValue(3, 1.0))


def test_no_trial_is_no_best() -> None:
    study = study_of(history(), (UP, DOWN))
    assert (study.counts, study.best, study.failures) == (Counts(), Best(), {})
