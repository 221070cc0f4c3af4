"""What holds for every criterion, whatever the trials are."""

from __future__ import annotations

import json
import math
import random
from collections.abc import Sequence
from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st

from hposweep.api.criteria import (
    BestValue,
    BoundariesResolved,
    ClearTrend,
    CompletedRatio,
    Criterion,
    EliteShare,
    FailedRatio,
    ImprovementIsReal,
    TrialsFinished,
)
from hposweep.api.spec import StudyObjectiveSpec
from hposweep.judge.criteria.criterion import verdict
from hposweep.judge.criteria.tiers import tiers
from hposweep.judge.evidence import Evidence
from hposweep.model.baseline import Baseline
from hposweep.model.history import History, Trial
from hposweep.model.verdicts import CriterionVerdict
from tests.unit.judge.counting import counted
from tests.unit.judge.criteria.builders import F, T, U, evidence, pairs, searched

SCALE_FREE = (
    Criterion(elite_share=EliteShare("arm", min=0.6)),
    Criterion(elite_share=EliteShare("arm", value="cnn", min_lift=1.2)),
    Criterion(boundaries_resolved=BoundariesResolved(("x", "depth"))),
    Criterion(clear_trend=ClearTrend(("x", "arm"))),
    Criterion(clear_trend=ClearTrend(("lr",), min_abs_correlation=0.3)),
)
ALL = (
    *SCALE_FREE,
    Criterion(best_value=BestValue(greater_than=0.5)),
    Criterion(best_value=BestValue(improves_baseline_by="5%")),
    Criterion(best_value=BestValue(greater_than=0.5, where={"arm": "cnn"})),
    Criterion(trials_finished=TrialsFinished(50)),
    Criterion(completed_ratio=CompletedRatio(0.9)),
    Criterion(failed_ratio=FailedRatio(0.1)),
    Criterion(improvement_is_real=ImprovementIsReal()),
    Criterion(any_of=(Criterion(trials_finished=TrialsFinished(50)), SCALE_FREE[0])),
)
LOSS = (StudyObjectiveSpec("score", "Minimize"),)


@st.composite
def sweeps(draw: st.DrawFn) -> list[Trial]:
    """Trials of a random truth: effects of any size, at times with contrast pairs. Values are multiples of 1/64."""
    n, seed = draw(st.integers(0, 120)), draw(st.integers(0, 10_000))
    arm, slope = draw(st.sampled_from([0.0, 0.5, 2.0])), draw(st.sampled_from([-2.0, 0.0, 2.0]))

    def value(params: dict[str, object], chance: random.Random) -> float:
        exact = arm * (params["arm"] == "cnn") + slope * float(str(params["x"])) + chance.gauss(0, 0.5)
        return round(exact * 64) / 64

    trials = searched(n, value, seed=seed, cnn=draw(st.sampled_from([0.5, 0.9])))
    chance = random.Random(seed)
    differences = [round(arm * 16 + chance.gauss(0, 16)) / 64 for _ in range(draw(st.sampled_from([0, 6, 9])))]
    return trials + pairs(differences, start=n)


def shown(found: CriterionVerdict) -> tuple[object, ...]:
    return found.outcome, found.value, found.threshold, found.margin, found.trials, dict(found.evidence)


def with_values(trials: Sequence[Trial], scale: float, shift: float) -> list[Trial]:
    return [replace(one, values=tuple(scale * value + shift for value in one.values)) for one in trials]


def old(trials: Sequence[Trial]) -> Baseline:
    return Baseline(best=0.4, trials=len(trials), study="old", history=History(tuple(trials)))


@given(sweeps(), st.randoms(use_true_random=False), st.booleans())
def test_the_order_of_trials_does_not_matter(trials: list[Trial], chance: random.Random, ended: bool) -> None:
    shuffled = list(trials)
    chance.shuffle(shuffled)
    one, other = (evidence(some, baseline=old(trials[:20]), ended=ended) for some in (trials, shuffled))
    for criterion in ALL:
        assert verdict(criterion, one) == verdict(criterion, other)


@given(sweeps(), st.integers(-3, 3), st.sampled_from([0.5, 1.0, 4.0]))
def test_a_constant_and_a_scale_change_nothing(trials: list[Trial], shift: int, scale: float) -> None:
    one, other = evidence(trials), evidence(with_values(trials, scale, float(shift)))
    for criterion in SCALE_FREE:
        assert shown(verdict(criterion, one)) == shown(verdict(criterion, other))


@given(sweeps())
def test_minimize_is_maximize_mirrored(trials: list[Trial]) -> None:
    one, other = evidence(trials), evidence(with_values(trials, -1.0, 0.0), goals=LOSS)
    for criterion in SCALE_FREE:
        assert shown(verdict(criterion, one)) == shown(verdict(criterion, other))


@given(sweeps(), st.booleans())
def test_every_number_fits_into_json_and_every_sentence_into_a_status(trials: list[Trial], ended: bool) -> None:
    for criterion in ALL:
        found = verdict(criterion, evidence(trials, baseline=old(trials[:20]), ended=ended))
        json.dumps(dict(found.evidence), allow_nan=False)
        numbers = (found.value, found.threshold, found.margin)
        assert all(math.isfinite(number) for number in numbers if number is not None)
        assert 0 < len(found.message) <= 2048


@given(sweeps())
def test_only_the_end_makes_a_criterion_false_and_it_changes_nothing_else(trials: list[Trial]) -> None:
    during, after = (evidence(trials, baseline=old(trials[:20]), ended=ended) for ended in (False, True))
    for criterion in ALL:
        before, then = verdict(criterion, during), verdict(criterion, after)
        assert before.outcome in (T, U)
        assert before.outcome == U or then.outcome == T
        assert (before.value, before.evidence) == (then.value, then.evidence) or criterion.any_of


@given(sweeps())
def test_more_trials_never_take_back_what_was_reached(trials: list[Trial]) -> None:
    lasting = (
        Criterion(best_value=BestValue(greater_than=0.5)),
        Criterion(best_value=BestValue(improves_baseline_by="5%")),
        Criterion(trials_finished=TrialsFinished(50)),
    )
    baseline = old(trials[:20])
    for criterion in lasting:
        outcomes = [
            verdict(criterion, evidence(trials[:count], baseline=baseline, ended=False)).outcome
            for count in range(0, len(trials), 7)
        ]
        assert outcomes == sorted(outcomes, key=lambda outcome: outcome == T)


@given(sweeps())
def test_a_source_that_fails_is_never_a_failure(trials: list[Trial]) -> None:
    lost = (evidence(None), replace(evidence(trials), history=None))
    away = evidence(trials, baseline=Baseline(fault="away", is_temporary=True))
    for criterion in ALL[: len(SCALE_FREE)]:
        for seen in lost:
            found = verdict(criterion, seen)
            assert (found.outcome, found.cannot_tell) == (U, True)
    found = verdict(Criterion(best_value=BestValue(improves_baseline_by="5%")), away)
    assert (found.outcome, found.cannot_tell) == (U, True)


def test_nothing_is_true_so_little_may_fire() -> None:
    """Random search without any effect: a winner or a trend in one of twenty sweeps at most, three errors allowed."""
    fired = {"eliteShare": 0, "clearTrend": 0}
    for seed in range(300):
        seen = evidence(searched(100, lambda params, draw: draw.gauss(0, 1), seed=seed))
        for criterion in (EliteShare("arm", min=0.5), ClearTrend(("x",))):
            name = "elite_share" if isinstance(criterion, EliteShare) else "clear_trend"
            found = verdict(Criterion(**{name: criterion}), seen)  # type: ignore[arg-type]  # one of its fields
            fired[found.criterion] += found.outcome == T
    assert fired["eliteShare"] / 300 < 0.088
    assert fired["clearTrend"] / 300 < 0.088


def test_ten_times_as_many_trials_are_ten_times_the_work() -> None:
    """Counted, not timed: whatever is quadratic shows, and neighbours on the machine do not."""

    def of(n: int) -> int:
        trials = searched(n, lambda params, draw: float(params["x"]) + draw.gauss(0, 0.3))
        return _calls(evidence(trials, baseline=old(trials[:20])))

    assert of(10_000) < 12 * of(1_000)


def test_what_was_worked_out_is_remembered() -> None:
    seen = evidence(searched(1_000, lambda params, draw: draw.gauss(0, 1)), baseline=old([]))
    first = _calls(seen)
    assert _calls(seen) < first / 2
    assert F in {found.outcome for found in tiers({"minimum": ALL}, seen)[0].criteria}


def _calls(seen: Evidence) -> int:
    with counted() as calls:
        tiers({"minimum": ALL}, seen)
    return calls.count
