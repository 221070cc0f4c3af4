"""The course of a search against random search, its waste, and the Pareto front."""

from __future__ import annotations

import numpy as np
import pytest

from hposweep.analysis.convergence import convergence, expected_best
from hposweep.analysis.front import front
from hposweep.analysis.view import view_of
from hposweep.analysis.waste import UNCLASSIFIED, waste
from hposweep.model.history import FAIL, PRUNED
from hpotrial import protocol
from tests.unit.analysis.studies import random_study, stored
from tests.unit.judge.histories import of_values, trial


def test_the_expected_best_of_random_draws_is_that_of_a_simulation() -> None:
    sample = np.random.default_rng(1).normal(size=10)
    draws = np.random.default_rng(2).choice(sample, (20_000, 7)).max(axis=1)
    assert expected_best(sample, 7) == pytest.approx(draws.mean(), abs=4 * draws.std() / np.sqrt(20_000))
    assert expected_best(sample, 1) == pytest.approx(sample.mean())


def test_a_search_that_improves_steadily_is_told_from_one_in_random_order() -> None:
    generator = np.random.default_rng(3)
    rising = convergence(view_of(stored(of_values(np.arange(60) + generator.normal(size=60)).trials)), 0)
    shuffled = convergence(view_of(stored(of_values(generator.normal(size=60)).trials)), 0)
    assert rising.p_new_bests is not None
    assert rising.p_new_bests < 0.001
    assert shuffled.p_new_bests is not None
    assert shuffled.p_new_bests > 0.05
    assert rising.expected_new_bests == pytest.approx(sum(1 / n for n in range(1, 61)))


def test_the_chance_of_new_bests_is_rarely_wrong_for_random_orders() -> None:
    generator = np.random.default_rng(4)
    chances = [
        convergence(view_of(stored(of_values(generator.normal(size=80)).trials)), 0).p_new_bests for _ in range(300)
    ]
    assert np.mean([p is not None and p < 0.05 for p in chances]) <= 0.08


def test_the_course_of_a_minimized_objective_falls() -> None:
    result = convergence(view_of(stored(of_values([3.0, 5.0, 1.0, 2.0] * 5).trials, ["MINIMIZE"])), 0)
    assert result.points[0].best == 3
    assert result.points[-1].best == 1
    assert result.points[-1].trials == 20
    assert (result.last_best_trial, result.trials_since, result.new_bests) == (2, 17, 2)
    assert result.points[-1].random == pytest.approx(1.0, abs=0.1)


def test_too_few_random_trials_are_said() -> None:
    result = convergence(view_of(stored(of_values([1.0, 2.0]).trials)), 0)
    assert result.points[-1].random is None
    assert any("unknown: 2 of the first 10" in note for note in result.notes)


def test_waste_counts_time_classes_and_repeats() -> None:
    trials = [
        *(trial(number, 1.0, seconds=100.0, params={"x": number % 2}) for number in range(4)),
        *(trial(number, state=PRUNED, seconds=10.0, params={"x": number}) for number in range(4, 6)),
        trial(6, state=FAIL, seconds=30.0, params={"x": 6}, attributes={protocol.CLASS: "OutOfMemory"}),
        trial(7, state=FAIL, seconds=50.0, params={"x": 7}),
        trial(8, 1.0, seconds=100.0, params={"x": 7}, attributes={protocol.RETRIED_FROM: 7}),
    ]
    result = waste(view_of(stored(trials)))
    assert {item.state: (item.trials, item.seconds) for item in result.states} == {
        "COMPLETE": (5, 500.0),
        "PRUNED": (2, 20.0),
        "FAIL": (2, 80.0),
    }
    assert result.saved_seconds == 180
    assert result.repeats == 2
    assert {item.name for item in result.failures} == {"OutOfMemory", UNCLASSIFIED}
    assert len(result.notes) == 1


def test_the_hypervolume_grows_to_that_of_the_front() -> None:
    points = [(3.0, 3.0), (1.0, 4.0), (4.0, 1.0), (2.0, 2.0)]
    result = front(view_of(stored([trial(n, point) for n, point in enumerate(points)], ["MINIMIZE", "MINIMIZE"])))
    assert result is not None
    assert result.trials == (1, 2, 3)
    assert result.reference == pytest.approx((4.3, 4.3))
    volumes = [point.hypervolume for point in result.volumes]
    assert volumes == sorted(volumes)
    assert volumes[0] == pytest.approx(1.3 * 1.3)
    assert volumes[-1] == pytest.approx(2.3 * 2.3 + 2 * 1.0 * 0.3)


def test_a_maximized_objective_turns_the_corner() -> None:
    result = front(view_of(stored([trial(0, (1.0, 1.0)), trial(1, (2.0, 2.0))], ["MAXIMIZE", "MINIMIZE"])))
    assert result is not None
    assert result.trials == (0, 1)
    assert result.reference == pytest.approx((0.9, 2.1))


def test_limits_of_the_hypervolume_are_said() -> None:
    five = random_study(20, lambda p: (p["x"],) * 5, directions=("MINIMIZE",) * 5)
    result = front(view_of(five))
    assert result is not None
    assert result.volumes == ()
    assert "more than 4 objectives" in result.notes[0]
    line = [trial(n, (float(n), float(-n))) for n in range(250)]
    long = front(view_of(stored(line, ["MINIMIZE", "MINIMIZE"])))
    assert long is not None
    assert len(long.trials) == 250
    assert "more than 200 trials" in long.notes[0]
    assert front(view_of(stored(of_values([1.0]).trials))) is None
