"""Decision points: which rule decides, what becomes of a question, and that nothing is decided twice."""

from __future__ import annotations

import random
from dataclasses import replace
from datetime import datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hposweep.api.conditions import Condition
from hposweep.api.sweep import Sweep
from hposweep.judge.decisions import MOST, decisions, replay
from hposweep.model.baseline import Baseline
from hposweep.model.history import History, Trial
from hposweep.model.observation import Observation
from hposweep.model.trials import Study
from hposweep.model.verdicts import Decision
from tests.builders import best_value, trials_finished
from tests.unit.judge.deciding import evidence, point, seen, sweep, visited
from tests.unit.judge.histories import START, after, failed, history, of_values, trial

NOW = after(600)


def made(of: Sweep, so_far: History | None, now: datetime = NOW) -> tuple[Decision, ...]:
    return decisions(of, evidence(of, so_far), now)


def best_of(value: float) -> History:
    """Five trials, the third of which is the best."""
    return of_values([0.1, 0.2, value, 0.15, 0.05])


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
        "at 5 of 10 trials, decision `mid-sweep` goes on (on track): score > 0.3: best 0.31 (trial 2), margin +0.01"
    )
    rows = decision.evidence["rules"]
    assert [(row["outcome"], row["then"], row["threshold"]) for row in rows] == [
        ("False", "Stop", 0.26),
        ("False", "Continue", 0.32),
        ("True", "Continue", 0.30),
    ]
    assert rows[2]["value"] == 0.31
    (asked,) = made(sweep(point()), best_of(0.28))
    assert asked.message.startswith("at 5 of 10 trials, decision `mid-sweep` asks whether to go on: no rule holds (")
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
    assert decision.message.startswith(words)


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
    assert decision.message.startswith("after 600 GPU seconds")
    assert made(of("0"), best_of(0.31)) == ()
    assert made(sweep(point(at={"gpuSeconds": 1})), best_of(0.31)) == ()


# --- questions


def asked(**more: object) -> Sweep:
    """A sweep whose decision point has asked at NOW."""
    of, _ = visited(sweep(point(**{"ask": {"deadlineSeconds": 60, "default": "Stop"}, **more})), _seen(best_of(0.28)))
    return of


def _seen(so_far: History | None) -> Observation:
    return seen(sweep(), so_far, NOW)


def answered(of: Sweep, *answers: tuple[str, str]) -> Sweep:
    who = {"by": "ada", "reason": "it looks fine"}
    given = [{"decision": name, "answer": answer, **who} for name, answer in answers]
    return replace(sweep(point(), answers=given), status=of.status)


def test_a_question_waits_and_is_not_asked_again() -> None:
    of = asked()
    for second in (1, 30, 59):
        (decision,) = made(of, best_of(0.9), NOW + timedelta(seconds=second))
        assert (decision.outcome, decision.is_pending) == ("Ask", True)
        assert (decision.time, decision.deadline) == (NOW, NOW + timedelta(seconds=60))


@pytest.mark.parametrize("answer", ["Continue", "Stop"])
def test_an_answer_settles_it_also_while_the_database_is_away(answer: str) -> None:
    later = NOW + timedelta(seconds=10)
    for so_far in (best_of(0.28), None):
        (decision,) = made(answered(asked(), ("mid-sweep", answer)), so_far, later)
        assert (decision.outcome, decision.by, decision.time) == (answer, "ada", later)
        assert decision.deadline is None
        assert decision.message.endswith(f"; ada answered {answer}: it looks fine")
        assert decision.trials == 5


def test_the_last_answer_counts_and_one_to_another_question_does_not() -> None:
    of = answered(asked(), ("mid-sweep", "Continue"), ("mid-sweep", "Stop"), ("other", "Continue"))
    assert made(of, best_of(0.28))[0].outcome == "Stop"
    assert made(answered(asked(), ("other", "Continue")), best_of(0.28))[0].outcome == "Ask"


def test_an_answer_that_was_there_before_the_question_settles_it_at_once() -> None:
    of = answered(sweep(), ("mid-sweep", "Continue"))
    (decision,) = made(of, best_of(0.28))
    assert (decision.outcome, decision.by) == ("Continue", "ada")


@pytest.mark.parametrize("default", ["Continue", "Stop"])
def test_when_nobody_answers_the_default_holds(default: str) -> None:
    of = asked(ask={"deadlineSeconds": 60, "default": default})
    late = NOW + timedelta(seconds=60)
    (decision,) = made(of, None, late)
    assert (decision.outcome, decision.by, decision.time, decision.deadline) == (default, "default", late, None)
    assert f"nobody answered within 60 s, so it is {default}" in decision.message


def test_an_answer_that_was_seen_too_late_still_counts() -> None:
    of = answered(asked(), ("mid-sweep", "Continue"))
    assert made(of, None, NOW + timedelta(days=1))[0].by == "ada"


def test_what_an_answer_settled_no_other_answer_changes() -> None:
    of, _ = visited(answered(asked(), ("mid-sweep", "Continue")), _seen(best_of(0.28)))
    changed = answered(of, ("mid-sweep", "Stop"))
    assert made(changed, best_of(0.28), NOW + timedelta(days=1)) == made(of, best_of(0.28), NOW)


# --- dry runs


@pytest.mark.parametrize(
    ("best", "outcome", "words"),
    [
        (0.2, "Stop", "would have stopped the sweep (no improvement)"),
        (0.28, "Ask", "would have asked"),
        (0.31, "Continue", "would have gone on (on track)"),
    ],
)
def test_a_dry_run_says_what_it_would_have_done_and_waits_for_nobody(best: float, outcome: str, words: str) -> None:
    of = answered(sweep(), ("mid-sweep", "Stop"))
    of = replace(of, spec=replace(of.spec, decision_points=sweep(point(dryRun=True)).spec.decision_points))
    (decision,) = made(of, best_of(best))
    assert (decision.outcome, decision.dry_run, decision.deadline) == (outcome, True, None)
    assert words in decision.message
    assert not decision.stops
    assert not decision.is_pending


# --- once, and never again


def test_a_decision_stays_whatever_comes_later_and_whoever_looks() -> None:
    of, verdicts = visited(sweep(point()), _seen(best_of(0.31)))
    for so_far in (best_of(0.1), of_values([0.9] * 9), None):
        for now in (NOW, NOW + timedelta(days=9)):
            assert made(of, so_far, now) == verdicts.decisions


def test_a_decision_stays_when_its_point_is_changed_or_gone() -> None:
    of, verdicts = visited(sweep(point()), _seen(best_of(0.31)))
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
    many = [replace(of.spec.decision_points[0], name=f"p{number}", rules=()) for number in range(MOST + 5)]
    assert len(made(replace(of, spec=replace(of.spec, decision_points=tuple(many))), best_of(0.3))) == MOST


# --- replay

MOMENTS = ({"trials": 4}, {"fraction": 0.75}, {"trials": 11}, {"trials": 12})


@given(seed=st.integers(0, 10_000), workers=st.integers(1, 5))
def test_a_replay_of_the_finished_study_agrees_with_what_was_decided_on_the_way(seed: int, workers: int) -> None:
    """Whatever ends in whatever order, however seldom somebody looks, and through a restart at every look."""
    rng = random.Random(seed)
    most = 12
    of = sweep(
        *(point(f"p{place}", at=at, dryRun=rng.random() < 0.5) for place, at in enumerate(MOMENTS)),
        most=most,
        answers=[{"decision": f"p{rng.randrange(4)}", "answer": rng.choice(["Continue", "Stop"])}],
    )
    finished = _finished(rng, most)
    ended: set[int] = set()
    running = list(range(min(workers, len(finished))))
    for step in range(len(finished) + 1):
        if rng.random() < 0.6 or step == len(finished):
            so_far = [entry for entry in finished if entry.number in ended]
            so_far += [trial(number, state="RUNNING") for number in running]
            rng.shuffle(so_far)
            of, _ = visited(of, seen(of, history(*so_far), after(step)))
        if running:
            done = rng.choice(running)
            running.remove(done)
            ended.add(done)
            following = max((*ended, *running)) + 1
            if following < len(finished):
                running.append(following)
    assert of.status is not None
    live = [(entry.name, entry.outcome, entry.trials, entry.evidence, entry.message) for entry in of.status.decisions]
    again = replay(of.spec, evidence(of, history(*finished)), NOW)
    assert live == [(entry.name, entry.outcome, entry.trials, entry.evidence, entry.message) for entry in again]


def _finished(rng: random.Random, most: int) -> list[Trial]:
    """A study of so many charged trials, some of them failed or pruned, with others that are not charged between."""
    trials, charged = [], 0
    while charged < most:
        number, kind = len(trials), rng.random()
        if kind < 0.15:
            trials.append(failed(number, "Preempted", charged=False))
            continue
        charged += 1
        if kind < 0.25:
            trials.append(failed(number))
        elif kind < 0.35:
            trials.append(trial(number, state="PRUNED"))
        else:
            trials.append(trial(number, rng.choice([0.2, 0.27, 0.31, 0.4]) * rng.random() ** 0.1))
    return trials


def test_a_replay_takes_its_time_from_the_trials() -> None:
    of = sweep(point("early", at={"seconds": 150}, otherwise="Continue"), point("late", at={"seconds": 301}))
    (decision,) = replay(of.spec, evidence(of, best_of(0.31)), NOW)
    assert (decision.name, decision.trials, decision.time) == ("early", 2, after(120))
    undated = history(*[trial(number, 0.31, seconds=None, completed=None) for number in range(5)])
    assert replay(of.spec, evidence(of, undated), NOW) == ()
    by_number = sweep(point())
    (decision,) = replay(by_number.spec, evidence(by_number, undated), NOW)
    assert (decision.outcome, decision.time) == ("Continue", NOW)


def test_a_replay_waits_for_nobody() -> None:
    of = sweep(point())
    (decision,) = replay(of.spec, evidence(of, best_of(0.28)), START)
    assert (decision.outcome, decision.deadline, decision.is_pending) == ("Ask", None, False)
    assert replay(of.spec, evidence(of, None), START) == ()
