"""The comparison with the baseline: at equal budget, and worded so that chance is not sold as progress."""

from __future__ import annotations

import random

import pytest

from hposweep.api.spec import StudyObjectiveSpec
from hposweep.judge.comparison import compare
from hposweep.model.baseline import Baseline
from hposweep.model.history import COMPLETE, FAIL, PRUNED, History, Trial
from hposweep.model.verdicts import Comparison
from hpotrial import protocol
from tests.unit.judge.criteria.builders import evidence, trial


def noise(n: int, *, seed: int, shift: float = 0.0) -> list[Trial]:
    draw = random.Random(seed)
    return [trial(number, shift + draw.gauss(0, 1)) for number in range(n)]


def old(trials: list[Trial]) -> Baseline:
    best = max(one.values[0] for one in trials)
    return Baseline(study="old", best=best, trials=len(trials), history=History(tuple(trials)))


def compared(trials: list[Trial] | None, baseline: Baseline | None, **more: object) -> Comparison:
    found = compare(evidence(trials, baseline=baseline, **more))  # type: ignore[arg-type]  # passed through
    assert found is not None
    return found


def test_without_a_baseline_there_is_nothing_to_compare() -> None:
    assert compare(evidence([trial(0, 1)])) is None


def test_more_trials_have_a_higher_best_for_nothing() -> None:
    found = compared(noise(100, seed=1), old(noise(20, seed=2)))
    expected = "with 100 against 20 trials, chance alone gives a better value in 86 to 91 of 100 sweeps"
    assert expected in found.message
    assert "show no difference" in found.message
    assert found.evidence["superiorityLow"] < 0.5 < found.evidence["superiorityHigh"]
    assert (found.study, found.trials, found.evidence["equalBudget"]) == ("old", 20, 20)


def test_only_the_first_trials_of_both_are_compared() -> None:
    ours = noise(20, seed=1) + [trial(number, 50 + number) for number in range(20, 100)]
    found = compared(ours, old(noise(20, seed=2)))
    assert found.evidence["bestAtEqualBudget"] < 50
    assert found.evidence["p"] > 0.05
    assert found.evidence["best"] == 149


def test_trials_that_a_sampler_has_steered_are_no_evidence() -> None:
    """From the eleventh finished trial on; of the ten before, the complete ones."""
    start = noise(10, seed=1)
    pruned = [Trial(3, PRUNED), Trial(7, FAIL)]
    ours = [one for one in start if one.number not in (3, 7)] + pruned + [trial(10 + n, 9.0) for n in range(50)]
    baseline = old(start + noise_from(10, 60))
    found = compared(ours, baseline)
    assert found.evidence["comparedTrials"] == 8
    assert "the first 8 trials, drawn before the sampler learned, show no difference" in found.message
    assert found.evidence["bestAtEqualBudget"] == 9.0


def noise_from(first: int, last: int) -> list[Trial]:
    return [trial(number, -number) for number in range(first, last)]


def test_a_real_difference_is_seen() -> None:
    found = compared(noise(60, seed=1, shift=2), old(noise(20, seed=2)))
    assert "drawn before the sampler learned, are better" in found.message
    assert found.evidence["p"] < 0.01
    assert "about 75 of 100 sweeps" in found.message
    worse = compared(noise(60, seed=1, shift=-2), old(noise(20, seed=2)))
    assert "drawn before the sampler learned, are worse" in worse.message


def test_minimized_values_are_compared_the_other_way_round() -> None:
    mirrored = [trial(one.number, -one.values[0]) for one in noise(60, seed=1, shift=2)]
    before = [trial(one.number, -one.values[0]) for one in noise(20, seed=2)]
    baseline = Baseline(study="old", best=min(one.values[0] for one in before), history=History(tuple(before)))
    down = compared(mirrored, baseline, goals=(StudyObjectiveSpec("loss", "Minimize"),))
    up = compared(noise(60, seed=1, shift=2), old(noise(20, seed=2)))
    assert down.evidence["p"] == up.evidence["p"]
    assert down.evidence["gain"] == pytest.approx(up.evidence["gain"])
    assert down.evidence["bestAtEqualBudget"] == -up.evidence["bestAtEqualBudget"]


def test_plain_numbers_are_compared_best_against_best() -> None:
    found = compared([trial(0, 0.312)], Baseline(best=0.286, trials=20))
    assert "best 0.312, 0.026 (9.1 %) better than baseline 0.286" in found.message
    assert "the baseline is a plain number" in found.message
    assert "p" not in found.evidence
    unknown = compared([trial(0, 0.312)], Baseline(best=0.286))
    assert "number of trials is unknown" in unknown.message


def test_equal_budgets_need_no_warning() -> None:
    assert "the budgets are equal (20 and 20 trials)" in compared(noise(20, seed=1), old(noise(20, seed=2))).message


def test_contrast_trials_take_no_part() -> None:
    marked = [
        Trial(one.number, COMPLETE, one.values, attributes={protocol.CONTRAST: {"parameter": "x"}})
        for one in noise(6, seed=1)
    ]
    found = compared(marked + [trial(6 + n, 0) for n in range(4)], old(noise(20, seed=2)))
    assert found.evidence["comparedTrials"] == 4
    assert found.evidence["equalBudget"] == 4
    assert "too few" in found.message


def test_what_is_missing_is_said() -> None:
    fault = compared([trial(0, 1)], Baseline(fault="study `old` does not exist", study="old"))
    assert (fault.message, fault.best) == ("study `old` does not exist", None)
    assert compared(None, Baseline(best=0.3)).message == "the study cannot be read"
    assert compared([], Baseline(best=0.3)).message == "no trial is complete yet; baseline 0.3"
