"""The Pareto front is Optuna's."""

from __future__ import annotations

import optuna
import pytest
from hypothesis import given
from hypothesis import strategies as st

from hposweep.model.front import front_size

WORDS = {True: "maximize", False: "minimize"}
whole = st.integers(-3, 3).map(float)  # few values, so that there are equals and ties


@given(st.data(), st.lists(st.booleans(), min_size=2, max_size=4))
def test_it_counts_the_best_trials_of_optuna(data: st.DataObject, maximized: list[bool]) -> None:
    points = data.draw(st.lists(st.tuples(*[whole] * len(maximized)), max_size=12))
    study = optuna.create_study(directions=[WORDS[word] for word in maximized])
    study.add_trials([optuna.trial.create_trial(values=point) for point in points])
    assert front_size(points, maximized) == len(study.best_trials)


@pytest.mark.parametrize(("points", "size"), [([], 0), ([(1.0, 1.0)], 1), ([(1.0, 1.0), (1.0, 1.0), (0.0, 1.0)], 2)])
def test_equals_are_on_it_together(points: list[tuple[float, float]], size: int) -> None:
    assert front_size(points, [True, True]) == size


def test_ten_thousand_that_are_all_on_it() -> None:
    points = [(float(n), float(-n)) for n in range(10_000)]
    assert front_size(points, [False, False]) == 10_000
