"""Studies are compared at equal budget, and differences of their spaces are named."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from optuna.distributions import CategoricalDistribution, FloatDistribution

from hposweep.analysis.comparison import DifferentObjectivesError, compare_studies
from tests.unit.analysis.studies import SPACE, UNIT, random_study, stored
from tests.unit.judge.histories import of_values


def test_the_larger_budget_is_not_called_better() -> None:
    generator = np.random.default_rng(1)
    small, large = (stored(of_values(generator.normal(size=n)).trials) for n in (20, 200))
    first, second = compare_studies([small, large]).studies
    assert (first.trials, second.trials, second.budget) == (20, 200, 20)
    assert second.best_at_budget == max(trial.values[0] for trial in large.history.trials[:20])
    assert second.superiority_low is not None
    assert second.superiority_high is not None
    assert second.superiority_low <= 0.5 <= second.superiority_high
    assert (first.elite_share or 0) + (second.elite_share or 0) == pytest.approx(1)


@pytest.mark.parametrize(("direction", "sign"), [("MAXIMIZE", 1), ("MINIMIZE", -1)])
def test_a_better_study_is_better_in_either_direction(direction: str, sign: int) -> None:
    generator = np.random.default_rng(2)
    first = stored(of_values(generator.normal(size=30)).trials, [direction])
    second = stored(of_values(sign * 5 + generator.normal(size=30)).trials, [direction])
    row = compare_studies([first, second]).studies[1]
    assert row.superiority == 1
    assert row.elite_share == 1
    assert row.expected_low is not None
    assert row.expected_best is not None
    assert row.expected_high is not None
    assert row.expected_low <= row.expected_high
    assert row.best == sign * max(sign * trial.values[0] for trial in second.history.trials)


def test_differences_of_the_spaces_are_named() -> None:
    first = random_study(8, lambda p: p["x"])
    space = {
        "x": FloatDistribution(0, 2),
        "lr": SPACE["lr"],
        "encoder": CategoricalDistribution(("cnn", "vit")),
        "new": UNIT,
    }
    second = replace(random_study(8, lambda p: p["x"], space=space), name="v3")
    lines = compare_studies([first, second]).differences
    assert lines == (
        "`depth` is not in `v3`.",
        "`encoder` in `v3`: cnn, vit, was cnn, context.",
        "`new` is new in `v3`: 0 to 1.",
        "`x` in `v3`: 0 to 2, was 0 to 1.",
    )
    assert compare_studies([first, first]).differences == ()


def test_an_empty_study_leaves_nothing_to_compare() -> None:
    result = compare_studies([stored([]), random_study(10, lambda p: p["x"])])
    assert result.studies[1].budget == 0
    assert result.studies[1].superiority is None
    assert "Nothing can be compared: `digits` has no comparable trial." in result.notes


def test_studies_with_other_directions_are_refused() -> None:
    with pytest.raises(DifferentObjectivesError, match="got minimize; allowed maximize"):
        compare_studies([stored([]), stored([], ["MINIMIZE"])])


def test_of_several_objectives_the_first_is_compared() -> None:
    study = random_study(20, lambda p: (p["x"], p["depth"]), directions=("MINIMIZE", "MAXIMIZE"))
    result = compare_studies([study, study, study])
    assert "Only the first of 2 objectives is compared." in result.notes
    assert len(result.studies) == 3
