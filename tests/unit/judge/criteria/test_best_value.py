"""`bestValue`: against the baseline, and what is said about noise. Plain thresholds: `test_tiers`."""

from __future__ import annotations

from dataclasses import replace

import pytest

from hposweep.api.criteria import BestValue
from hposweep.api.spec import StudyObjectiveSpec
from hposweep.judge.criteria.criterion import MAX_MESSAGE_LENGTH
from hposweep.model.baseline import Baseline
from hposweep.model.history import History
from hposweep.model.verdicts import Outcome
from tests.unit.judge.criteria.builders import F, T, U, judged, trial

LOSS = (StudyObjectiveSpec("loss", "Minimize"),)
BY_5 = BestValue(improves_baseline_by="5%")


@pytest.mark.parametrize(
    ("baseline", "goals", "best", "ended", "outcome", "threshold"),
    [
        (0.286, None, 0.31, False, T, 0.3003),
        (0.286, None, 0.30, True, F, 0.3003),  # +4.9 % is not more than 5 %
        (0.286, None, 0.30, False, U, 0.3003),
        (-2.0, None, -1.85, True, T, -1.9),  # a share of the size, in the good direction
        (-2.0, None, -2.05, True, F, -1.9),
        (0.4, LOSS, 0.37, True, T, 0.38),
        (0.4, LOSS, 0.39, True, F, 0.38),
        (-2.0, LOSS, -2.2, True, T, -2.1),
    ],
)
def test_improvement_over_the_baseline_is_an_absolute_threshold(
    baseline: float,
    goals: tuple[StudyObjectiveSpec, ...] | None,
    best: float,
    ended: bool,
    outcome: Outcome,
    threshold: float,
) -> None:
    more = {} if goals is None else {"goals": goals}
    found = judged(BY_5, [trial(0, best)], baseline=Baseline(best=baseline), ended=ended, **more)
    assert found.outcome == outcome
    assert found.threshold == pytest.approx(threshold)
    assert f"{threshold:g}" in found.message
    assert f"baseline {baseline:g} improved by 5%" in found.message
    assert found.margin is not None
    assert (found.margin > 0) == (outcome == T)
    assert found.evidence["baseline"] == baseline


def test_ten_percent_of_0_286_is_0_3146() -> None:
    found = judged(BestValue(improves_baseline_by="10%"), [trial(0, 0.31)], baseline=Baseline(best=0.286))
    assert found.message.startswith("score > 0.3146 (baseline 0.286 improved by 10%): best 0.31 (trial 0)")


def test_of_a_baseline_of_zero_no_share_can_be_taken() -> None:
    found = judged(BY_5, [trial(0, 0.3)], baseline=Baseline(best=0.0))
    assert (found.outcome, found.cannot_tell) == (U, False)
    assert "`greaterThan`" in found.message


def test_the_baseline_has_a_best_value_of_each_objective_when_it_is_a_study() -> None:
    goals = (StudyObjectiveSpec("acc", "Maximize"), StudyObjectiveSpec("ms", "Minimize"))
    old = History((trial(0, (0.5, 30.0)), trial(1, (0.6, 20.0))))
    criterion = BestValue(objective="ms", improves_baseline_by="10%")
    found = judged(criterion, [trial(0, (0.1, 17.0))], goals=goals, baseline=Baseline(best=0.6, history=old))
    assert (found.outcome, found.threshold) == (T, 18.0)
    plain = judged(criterion, [trial(0, (0.1, 17.0))], goals=goals, baseline=Baseline(best=0.6))
    assert plain.outcome == U
    assert "is a value of acc; there is none for ms" in plain.message


def test_a_baseline_study_without_a_complete_trial_is_unknown() -> None:
    found = judged(BY_5, [trial(0, 0.3)], baseline=Baseline(study="old", history=History(())))
    assert found.outcome == U
    assert "the baseline study `old` has no complete trial" in found.message


def test_noise_is_spoken_of_only_where_it_may_have_won() -> None:
    trials = [trial(number, number / 100) for number in range(40)]
    reached, missed = (judged(BestValue(greater_than=limit), trials).message for limit in (0.3, 0.5))
    assert "a single evaluation" in reached
    assert "a single evaluation" not in missed
    assert "a single evaluation" not in judged(BestValue(greater_than=0.01), trials[:5]).message


def test_complete_trials_without_a_usable_value_are_not_called_missing() -> None:
    without = judged(BestValue(greater_than=0.5), [])
    assert without.message.endswith("no trial is complete")
    not_finite = judged(BestValue(greater_than=0.5), [trial(0, float("nan"))], complete=1)
    assert not_finite.message.endswith("no complete trial has a finite value and keeps the constraints")


CONTEXT = BestValue(greater_than=0.3, where={"arm": "context"})
BRANCHES = (trial(0, 0.5, arm="cnn"), trial(1, 0.2, arm="context"), trial(2, 0.31, arm="context", depth=3))


@pytest.mark.parametrize(
    ("where", "ended", "outcome", "best"),
    [
        ({"arm": "context"}, False, T, 2),
        ({"arm": "context", "depth": 3}, False, T, 2),
        ({"arm": "context", "depth": 4}, False, U, None),
        ({"arm": "context", "depth": 4}, True, F, None),
        ({"depth": 3.0}, True, T, 2),  # 3 and 3.0 are one number
        ({"depth": "3"}, True, F, None),
        ({"depth": True}, True, F, None),
        ({"arm": "cnn"}, True, T, 0),
        ({"no such": 1}, False, U, None),
    ],
)
def test_only_trials_with_all_these_values_count(
    where: dict[str, object], ended: bool, outcome: Outcome, best: int | None
) -> None:
    found = judged(BestValue(greater_than=0.3, where=where), BRANCHES, ended=ended)
    assert (found.outcome, found.evidence.get("trial"), found.cannot_tell) == (outcome, best, False)


def test_the_message_names_the_trials_that_count() -> None:
    found = judged(CONTEXT, BRANCHES)
    assert found.message == "score where arm is context > 0.3: best 0.31 (trial 2), margin +0.01"
    assert (found.value, found.trials) == (0.31, 2)
    assert judged(CONTEXT, BRANCHES[:1]).message == "score where arm is context > 0.3: no trial is complete"
    both = judged(BestValue(less_than=0.1, where={"arm": "cnn", "depth": 3}), BRANCHES)
    assert both.message.startswith("score where arm is cnn and depth is 3 < 0.1: ")


def test_a_percentage_is_of_the_whole_baseline() -> None:
    found = judged(replace(BY_5, where={"arm": "context"}), BRANCHES, baseline=Baseline(best=0.4))
    assert (found.outcome, found.threshold, found.value) == (F, pytest.approx(0.42), 0.31)


def test_a_study_that_cannot_be_read_is_unknown_with_where_too() -> None:
    found = judged(CONTEXT, None)
    assert (found.outcome, found.cannot_tell) == (U, True)


def test_very_long_names_and_values_fit_into_a_status() -> None:
    where = {f"{number}{'n' * 5000}": "v" * 5000 for number in range(16)}
    assert len(judged(BestValue(greater_than=0.3, where=where), BRANCHES).message) < MAX_MESSAGE_LENGTH


def test_each_objective_has_its_own_best_in_a_branch() -> None:
    goals = (StudyObjectiveSpec("acc", "Maximize"), StudyObjectiveSpec("ms", "Minimize"))
    trials = [trial(0, (0.9, 50.0), arm="a"), trial(1, (0.5, 20.0), arm="a"), trial(2, (0.1, 5.0), arm="b")]
    found = judged(BestValue(objective="ms", less_than=30, where={"arm": "a"}), trials, goals=goals)
    assert (found.outcome, found.value) == (T, 20.0)
