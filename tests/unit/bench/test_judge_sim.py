"""The simulation that docs/judgement.md reports: its sweeps are what they say, and its tables count right."""

from __future__ import annotations

import random
from collections import Counter
from dataclasses import replace

import pytest

from bench.judge_sim import truth
from bench.judge_sim.questions import Answer, Question, answers
from bench.judge_sim.sweep import EFFECTS, PAIRS, RANDOM, SAMPLERS, TPE, Plan, plans, search, shifted, with_contrast
from bench.judge_sim.tables import exceeding, tables

PLAN = Plan(seed=7, sampler=RANDOM, families=2, trials=100, effect=0.0)
WRONG = Question("clearTrend", "x3", "True", is_true=False)
RIGHT = Question("clearTrend", "x2", "True", is_true=True)


def test_half_of_the_sweeps_have_no_effect_and_every_kind_occurs() -> None:
    made = list(plans(960, 1))
    assert made == list(plans(960, 1))
    assert made != list(plans(960, 2))
    assert len({plan.seed for plan in made}) == 960
    assert Counter(plan.effect for plan in made)[0.0] == 480
    assert {plan.effect for plan in made} == set(EFFECTS)
    assert Counter(plan.sampler for plan in made) == dict.fromkeys(SAMPLERS, 480)
    assert {plan.families for plan in made} == {2, 3, 4}
    assert {plan.trials for plan in made} == {20, 50, 100, 200}


def test_an_effect_is_measured_in_what_a_family_varies_by() -> None:
    draw = random.Random(1)
    values = []
    for _ in range(20_000):
        params = {"x1": draw.random(), "x2": draw.random(), "family": "b"}
        values.append((truth.value(params, 1.0, draw) - 0.26) / truth.SCALE)
    mean = sum(values) / len(values)
    deviation = (sum((value - mean) ** 2 for value in values) / len(values)) ** 0.5
    assert deviation == pytest.approx(truth.DEVIATION, rel=0.03)


@pytest.mark.parametrize("sampler", SAMPLERS)
def test_a_sweep_has_its_budget_with_pruned_and_failed_trials_and_is_the_same_again(sampler: str) -> None:
    plan = replace(PLAN, sampler=sampler)
    found = search(plan)
    assert [trial.number for trial in found.trials] == list(range(100))
    states = Counter(trial.state for trial in found.trials)
    assert states["PRUNED"] > 2
    assert states["FAIL"] > 0
    assert [trial.values for trial in search(plan).trials] == [trial.values for trial in found.trials]


def test_contrast_trials_take_the_last_part_of_the_budget() -> None:
    found = search(PLAN)
    mixed = with_contrast(PLAN, found, "family")
    assert mixed is not None
    assert mixed.trials[: 100 - 2 * PAIRS] == found.trials[: 100 - 2 * PAIRS]
    pairs = mixed.trials[100 - 2 * PAIRS :]
    assert len(pairs) == 2 * PAIRS
    assert all(trial.is_contrast for trial in pairs)
    for one, other in zip(pairs[::2], pairs[1::2], strict=True):
        assert {name for name in one.params if one.params[name] != other.params[name]} == {"family"}
    assert with_contrast(replace(PLAN, trials=20), search(replace(PLAN, trials=20)), "family") is None


def test_a_shift_changes_values_alone() -> None:
    found = search(PLAN)
    moved = shifted(found, -1.0)
    assert [trial.params for trial in moved.trials] == [trial.params for trial in found.trials]
    assert [trial.values[0] + 1 for trial in moved.valued] == pytest.approx([trial.values[0] for trial in found.valued])


def test_each_question_is_asked_once_and_a_large_effect_is_found() -> None:
    found = list(answers(replace(PLAN, effect=1.0)))
    asked = Counter((answer.question, answer.has_pairs) for answer in found)
    assert set(asked.values()) == {1}
    elite = next(answer for answer in found if answer.question.rule == "eliteShare min 0.7" and not answer.has_pairs)
    assert elite.claims
    assert all(answer.is_unknown for answer in found if answer.question.rule == "improvementIsReal")


def test_tables_count_shares_with_intervals() -> None:
    given = [(PLAN, Answer(WRONG, claims=number < 5, is_unknown=number >= 10)) for number in range(100)]
    given += [(PLAN, Answer(RIGHT, claims=number < 60, is_unknown=False)) for number in range(100)]
    given += [(replace(PLAN, trials=20), Answer(WRONG, claims=True, is_unknown=False))] * 9
    text = "\n".join(tables(given))
    assert "| `clearTrend` True: x3 | 0.050 (0.022 to 0.112) | 100 | - | 0 |" in text
    assert "| `clearTrend` True: x2 | as above | random | 0.60 (n 100) | - |" in text
    assert "| `clearTrend` | 0.00 | 0.45 |" in text


@pytest.mark.parametrize(("wrong", "is_named"), [(5, False), (9, False), (20, True)])
def test_only_what_is_no_accident_is_called_too_often_wrong(wrong: int, is_named: bool) -> None:
    plan = replace(PLAN, sampler=TPE)
    given = [(plan, Answer(WRONG, claims=number < wrong, is_unknown=False)) for number in range(100)]
    assert bool(exceeding(given)) is is_named
    described = Question("boundariesResolved", "x2", "True", is_true=False)
    assert not exceeding([(plan, replace(answer, question=described)) for plan, answer in given])
