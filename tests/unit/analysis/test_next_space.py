"""The space of the next sweep: what is widened, narrowed, dropped, frozen and kept, and why."""

from __future__ import annotations

import random
from typing import Any

import pytest
import scipy.stats
from optuna.distributions import CategoricalDistribution, FloatDistribution, IntDistribution

from hposweep.analysis import next_freeze
from hposweep.analysis.next_space import NextSpace, SpaceLimits, next_space
from hposweep.analysis.scale import Scale
from hposweep.analysis.space_edit import EditKind, SpaceEdit
from hposweep.analysis.view import view_of
from hposweep.api.space import Choices, FloatRange, IntRange, Parameter
from tests.unit.analysis.studies import UNIT, random_study, stored
from tests.unit.judge.histories import trial

NO_LIMITS = SpaceLimits()


def _edit(space: NextSpace, name: str) -> SpaceEdit:
    return next(edit for edit in space.edits if edit.parameter == name)


def _of(distribution: Any, value: Any, n: int = 100, limits: SpaceLimits = NO_LIMITS) -> SpaceEdit:
    """The edit of `x`, whose trials have the value of `value(x)`; `y` does nothing."""
    study = random_study(n, lambda p: value(p["x"]), space={"x": distribution, "y": UNIT})
    return _edit(next_space(view_of(study), limits=limits), "x")


def test_a_range_is_widened_at_the_bound_that_the_best_trials_touch() -> None:
    edit = _of(FloatDistribution(-5, 5), lambda x: x)
    assert (edit.kind, edit.after) == (EditKind.WIDEN, FloatRange(-5, 10))
    assert edit.reason.startswith("of the 20 best trials")
    assert edit.trials == 100
    assert edit.confidence is not None
    assert edit.confidence > 0.9


@pytest.mark.parametrize(
    ("distribution", "sign", "after"),
    [
        (FloatDistribution(1e-4, 1e-2, log=True), 1, FloatRange(1e-4, 0.1, log=True)),
        (FloatDistribution(1e-4, 1e-2, log=True), -1, FloatRange(1e-5, 1e-2, log=True)),
        (FloatDistribution(-2, 2, step=0.5), 1, FloatRange(-2, 4, step=0.5)),
        (IntDistribution(4, 64, log=True), -1, IntRange(2, 64, log=True)),  # whole numbers are halved at most
        (IntDistribution(2, 30), 1, IntRange(2, 44)),
        (IntDistribution(2, 30, step=4), 1, IntRange(2, 42, step=4)),
        (FloatDistribution(2, 6), -1, FloatRange(1, 6)),  # a number that was never 0 does not become 0
        (FloatDistribution(-6, -2), 1, FloatRange(-6, -1)),
        (IntDistribution(-30, -2), 1, IntRange(-30, -1)),
        (IntDistribution(1, 2), 1, IntRange(1, 3)),  # half of the range is no step, so that it is one step
        (FloatDistribution(1.0, 1.0 + 1e-14), 1, FloatRange(1.0, 1.0 + 1.5e-14)),  # beyond the digits of a round number
    ],
)
def test_a_wider_range_is_of_the_same_kind(distribution: Any, sign: int, after: Any) -> None:
    edit = _of(distribution, lambda x: sign * x, n=200)
    assert edit.kind is EditKind.WIDEN
    before = edit.before
    assert not isinstance(before, Choices)
    assert (type(after), after.log) == (type(before), before.log)
    assert edit.after is not None
    assert not isinstance(edit.after, Choices)
    assert (edit.after.low, edit.after.high) == pytest.approx((after.low, after.high), rel=0.15)


@pytest.mark.parametrize(
    ("distribution", "sign"),
    [
        (UNIT, 1),
        (UNIT, -1),
        (IntDistribution(1, 40), -1),
        (FloatDistribution(-5, 0), 1),
        (IntDistribution(-40, 0), 1),
    ],
)
def test_a_bound_that_may_be_natural_is_kept_and_named(distribution: Any, sign: int) -> None:
    edit = _of(distribution, lambda x: sign * x)
    assert edit.kind is EditKind.KEEP
    assert "may be a natural limit" in edit.reason


@pytest.mark.parametrize(
    ("distribution", "optimum"),
    [
        (FloatDistribution(-5, 5), 0.0),
        (FloatDistribution(1e-5, 1e-1, log=True), 1e-3),
        (FloatDistribution(-5, 5, step=0.25), 0.0),
        (IntDistribution(2, 1000, log=True), 40),
        (IntDistribution(0, 100), 50),
    ],
)
def test_a_range_is_narrowed_around_the_best_trials(distribution: Any, optimum: float) -> None:
    parameter = Parameter("x", float_=FloatRange(0, 1))
    assert Scale.of(parameter).value(0.5) == 0.5
    low, high = float(distribution.low), float(distribution.high)

    def value(x: float) -> float:
        if distribution.log:
            return -abs((x / optimum) - 1) if x < optimum else -abs((optimum / x) - 1)
        return -((x - optimum) ** 2)

    edit = _of(distribution, value, n=200)
    assert edit.kind is EditKind.NARROW
    after = edit.after
    assert isinstance(after, FloatRange | IntRange)
    assert low <= after.low < optimum < after.high <= high
    assert after.log == distribution.log
    if distribution.step and not distribution.log:
        assert (after.low - low) / distribution.step == pytest.approx(round((after.low - low) / distribution.step))
    assert "trials of the same age beyond the new bounds are worse" in edit.reason


def test_values_of_other_fields_stay_inside() -> None:
    limits = SpaceLimits(values={"x": (4.5,)})
    after = _of(FloatDistribution(-5, 5), lambda x: -(x * x), n=200, limits=limits).after
    assert isinstance(after, FloatRange)
    assert after.low > -5
    assert after.high >= 4.5


def test_a_choice_without_any_best_trial_is_dropped_and_a_named_one_stays() -> None:
    space = {"x": CategoricalDistribution(("a", "b", "c")), "y": UNIT}
    study = random_study(150, lambda p: p["y"] - 3 * (p["x"] == "c"), space=space)
    edit = _edit(next_space(view_of(study)), "x")
    assert (edit.kind, edit.after) == (EditKind.DROP, Choices(("a", "b")))
    assert "none of the 30 best trials has c" in edit.reason
    kept = _edit(next_space(view_of(study), limits=SpaceLimits(values={"x": ("c",)})), "x")
    assert kept.kind is EditKind.KEEP


def test_the_reason_names_few_choices_and_no_long_ones() -> None:
    good, bad = ("a0", "a1", "a2", "a3"), tuple(f"b{n}{'-' * 300}" for n in range(8))
    study = random_study(1000, lambda p: float(p["x"] in good), space={"x": CategoricalDistribution((*good, *bad))})
    edit = _edit(next_space(view_of(study)), "x")
    assert edit.after == Choices(good)
    assert "2 more" in edit.reason
    assert len(edit.reason) < 400


def test_a_rare_choice_is_kept() -> None:
    generator = random.Random(1)
    space = {"x": CategoricalDistribution(("a", "b", "rare"))}
    trials = [
        trial(n, -9.0 if n % 20 == 0 else generator.random(), params={"x": "rare" if n % 20 == 0 else "ab"[n % 2]})
        for n in range(100)
    ]
    trials = [trial(item.number, item.values, params=item.params, distributions=space) for item in trials]
    assert _edit(next_space(view_of(stored(trials))), "x").kind is EditKind.KEEP


def test_only_a_parameter_that_clearly_does_not_matter_is_frozen_and_only_with_a_file() -> None:
    study = view_of(random_study(3000, lambda p: -(p["x"] ** 2), space={"x": FloatDistribution(-5, 5), "y": UNIT}))
    edit = _edit(next_space(study, limits=SpaceLimits(may_freeze=True)), "y")
    assert edit.kind is EditKind.FREEZE
    best = max(study.trials, key=lambda item: item.values[0])
    assert (edit.after, edit.value) == (None, best.params["y"])
    for limits in (SpaceLimits(), SpaceLimits(names=frozenset({"y"}), may_freeze=True)):
        assert _edit(next_space(study, limits=limits), "y").kind is EditKind.KEEP


def test_a_file_with_another_range_or_a_new_parameter_keeps_it() -> None:
    study = view_of(random_study(100, lambda p: p["x"], space={"x": FloatDistribution(-5, 5)}))
    space = (Parameter("x", float_=FloatRange(-5, 6)), Parameter("new", int_=IntRange(1, 9)))
    reasons = [edit.reason for edit in next_space(study, space).edits]
    assert reasons == ["the file has another range than the study", "no trial of the study has it"]


def test_a_parameter_whose_effect_begins_to_show_is_not_frozen() -> None:
    """With enough trials an effect of less than the limit is certain, and it may matter near the optimum."""
    study = random_study(9000, lambda p: p["x"] + 0.16 * p["y"], space={"x": UNIT, "y": FloatDistribution(-0.5, 0.5)})
    assert _edit(next_space(view_of(study), limits=SpaceLimits(may_freeze=True)), "y").kind is not EditKind.FREEZE
    assert scipy.stats.chi2.ppf(0.8, next_freeze.EFFECT_BINS - 1) == pytest.approx(next_freeze.MAX_SIGNAL, abs=0.01)


def test_an_upper_bound_that_is_no_step_is_the_range_of_the_study() -> None:
    """Optuna moves such a bound: 0.9 for 0 to 1 in steps of 0.3."""
    study = random_study(100, lambda p: p["x"], space={"x": FloatDistribution(0, 0.9, step=0.3)})
    (edit,) = next_space(view_of(study), (Parameter("x", float_=FloatRange(0, 1, step=0.3)),)).edits
    assert "another range" not in edit.reason


def test_a_range_without_a_width_that_a_computer_knows_is_kept() -> None:
    trials = [
        trial(n, float(n), params={"x": n * 1e306}, distributions={"x": FloatDistribution(-1e308, 1e308)})
        for n in range(60)
    ]
    (edit,) = next_space(view_of(stored(trials))).edits
    assert (edit.kind, edit.reason) == (EditKind.KEEP, "its range is too wide to compute with")


def test_equal_studies_give_equal_edits() -> None:
    study = random_study(80, lambda p: p["x"])
    assert next_space(view_of(study)) == next_space(view_of(study))
