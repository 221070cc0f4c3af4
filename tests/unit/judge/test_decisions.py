"""Decision points: which rule decides, what becomes of a question, and that nothing is decided twice."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from hposweep.api.conditions import Condition
from hposweep.api.sweep import Sweep
from hposweep.gpu_weights import GpuWeights
from hposweep.judge.decisions import MAX_DECISIONS, decisions
from hposweep.model.baseline import Baseline
from hposweep.model.trials import Study
from tests.builders import best_value, trials_finished
from tests.unit.judge.deciding import NOW, best_of, evidence, made, point, seen, sweep, visited
from tests.unit.judge.histories import after, failed, history, of_values


@pytest.mark.parametrize(
    ("best", "outcome", "label"),
    [
        (0.25, "Stop", "no improvement"),
        (0.26, "Ask", ""),
        (0.28, "Ask", ""),
        (0.30, "Ask", ""),
        (0.301, "Continue", "on track"),
        (0.32, "Continue", "on track"),
        (0.33, "Continue", "excellent progress"),
    ],
)
def test_the_first_rule_that_holds_decides_and_otherwise_answers_the_rest(
    best: float, outcome: str, label: str
) -> None:
    (decision,) = made(sweep(point()), best_of(best))
    assert (decision.outcome, decision.label, decision.trials, decision.time) == (outcome, label, 5, NOW)
    assert (decision.deadline is not None) is (outcome == "Ask")


def test_of_two_rules_that_hold_the_first_one_decides() -> None:
    low, high = (
        {"when": best_value(greater_than=bound), "then": then, "label": then}
        for bound, then in ((0.1, "Stop"), (0.2, "Continue"))
    )
    assert made(sweep(point("p", low, high)), best_of(0.3))[0].outcome == "Stop"
    assert made(sweep(point("p", high, low)), best_of(0.3))[0].outcome == "Continue"


def test_what_cannot_be_told_does_not_hold() -> None:
    rule = {"when": best_value(greater_than=0.0), "then": "Stop"}
    (decision,) = made(sweep(point("p", rule, otherwise="Continue")), history(*[failed(n) for n in range(5)]))
    assert (decision.outcome, decision.label, decision.trials) == ("Continue", "", 5)


def test_only_the_trials_of_the_moment_count() -> None:
    later = of_values([0.1, 0.2, 0.25, 0.15, 0.05, 0.9])
    assert made(sweep(point()), later)[0].outcome == "Stop"
    rule = {"when": trials_finished(6), "then": "Continue"}
    assert made(sweep(point("p", rule, otherwise="Stop")), later)[0].outcome == "Stop"


def test_a_sentence_and_the_numbers_of_every_rule_are_kept() -> None:
    (decision,) = made(sweep(point()), best_of(0.31))
    assert decision.message == (
        "decision `mid-sweep` continues (on track) at 5 of 10 trials: score > 0.3: best 0.31 (trial 2), margin +0.01"
    )
    rows = decision.evidence["rules"]
    assert [(row["outcome"], row["then"], row["threshold"]) for row in rows] == [
        ("False", "Stop", 0.26),
        ("False", "Continue", 0.32),
        ("True", "Continue", 0.30),
    ]
    assert rows[2]["value"] == 0.31
    (asked,) = made(sweep(point()), best_of(0.28))
    assert asked.message.startswith(
        "decision `mid-sweep` asks whether to continue at 5 of 10 trials: no rule applies ("
    )
    assert asked.message.count("best 0.28 (trial 2)") == 3


@pytest.mark.parametrize(
    ("at", "words"),
    [({"fraction": 0.5}, "at 5 of 10 trials"), ({"seconds": 300}, "after 300 s")],
)
def test_every_kind_of_moment_decides(at: dict[str, float], words: str) -> None:
    of = sweep(point(at=at))
    assert made(of, of_values([0.31] * 4), after(299)) == ()
    (decision,) = made(of, best_of(0.31))
    assert decision.outcome == "Continue"
    assert f" (on track) {words}: score > 0.3" in decision.message


def test_gpu_seconds_decide_by_the_limits_of_the_trials_container() -> None:
    def of(gpus: object) -> Sweep:
        made = sweep(point(at={"gpuSeconds": 600}))
        containers = [{"name": "side", "resources": {"limits": {"nvidia.com/gpu": 8}}}]
        containers.append({"name": "trial", "resources": {"limits": {"nvidia.com/gpu": gpus, "cpu": "4"}}})
        workers = replace(made.spec.workers, template={"spec": {"containers": containers}})
        return replace(made, spec=replace(made.spec, workers=workers))

    assert made(of(1), best_of(0.31)) == ()
    (decision,) = made(of("2"), best_of(0.31))
    assert (decision.outcome, decision.trials) == ("Continue", 5)
    assert "(on track) after 600 GPU seconds: " in decision.message
    assert made(of("0"), best_of(0.31)) == ()
    shared = GpuWeights((("nvidia.com/gpu", 0.5),))
    assert made(of("2"), best_of(0.31), gpu_weights=shared) == ()
    assert len(made(of("4"), best_of(0.31), gpu_weights=shared)) == 1
    assert made(sweep(point(at={"gpuSeconds": 1})), best_of(0.31)) == ()


def test_a_decision_stays_whatever_comes_later_and_whoever_looks() -> None:
    of, verdicts = visited(sweep(point()), seen(sweep(), best_of(0.31), NOW))
    for so_far in (best_of(0.1), of_values([0.9] * 9), None):
        for now in (NOW, NOW + timedelta(days=9)):
            assert made(of, so_far, now) == verdicts.decisions


def test_a_decision_stays_when_its_point_is_changed_or_gone() -> None:
    of, verdicts = visited(sweep(point()), seen(sweep(), best_of(0.31), NOW))
    for points in ((), (point(at={"trials": 1}, otherwise="Stop"),)):
        changed = replace(sweep(*points), status=of.status)
        assert made(changed, best_of(0.1), NOW) == verdicts.decisions


def test_nothing_new_is_decided_without_the_study_or_after_the_end_or_while_a_person_stops_it() -> None:
    of = sweep(point())
    assert made(of, None) == ()
    assert made(sweep(point(), stop="Drain"), best_of(0.31)) == ()
    of_another = replace(evidence(of, history()), study=Study(0, "not there yet"))
    assert decisions(sweep(point(at={"seconds": 1})), of_another, NOW) == ()
    assert of.status is not None
    end = Condition("Complete", "True", "BudgetReached", "10 of 10 trials finished", 1, NOW)
    assert made(replace(of, status=replace(of.status, conditions=(end,))), best_of(0.31)) == ()


def test_a_baseline_that_is_away_for_a_while_decides_nothing_if_a_rule_needs_it() -> None:
    away = Baseline(fault="the database of Secret `v2` does not answer", is_temporary=True)
    rule = {"when": {"bestValue": {"improvesBaselineBy": "5%"}}, "then": "Continue"}
    needs, does_not = sweep(point("p", rule)), sweep(point())
    assert decisions(needs, evidence(needs, best_of(0.31), baseline=away), NOW) == ()
    assert len(decisions(does_not, evidence(does_not, best_of(0.31), baseline=away), NOW)) == 1


def test_after_a_stop_no_other_point_is_decided_but_after_a_dry_one() -> None:
    first, second = (point(name, at={"trials": n}) for name, n in (("first", 3), ("second", 5)))
    assert [decision.name for decision in made(sweep(first, second), best_of(0.2))] == ["first"]
    both = made(sweep(first | {"dryRun": True}, second), best_of(0.2))
    assert [(decision.name, decision.trials, decision.stops) for decision in both] == [
        ("first", 3, False),
        ("second", 5, True),
    ]


def test_no_more_is_decided_than_the_status_can_hold() -> None:
    of = sweep(point("first", otherwise="Continue"))
    many = [replace(of.spec.decision_points[0], name=f"p{number}", rules=()) for number in range(MAX_DECISIONS + 5)]
    assert len(made(replace(of, spec=replace(of.spec, decision_points=tuple(many))), best_of(0.3))) == MAX_DECISIONS
