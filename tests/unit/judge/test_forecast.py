"""The end foretold: against sweeps whose end is known, and what is said of a target."""

from __future__ import annotations

import heapq
import random
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from statistics import median
from typing import Any

import pytest

from hposweep.api.sweep import Sweep
from hposweep.judge.forecast import eta, outlook
from hposweep.judge.judge import judge
from hposweep.model.history import COMPLETE, History, Trial
from hposweep.model.trials import Best, BestObjectiveValue, BestTrial, Breaker, RunningTrial
from hposweep.model.verdicts import Eta
from tests import builders
from tests.unit import world
from tests.unit.judge.health.builders import NOON, complete, evidence, running

Draw = Callable[[random.Random], float]


def sweep(most: int = 100, workers: int = 4, **spec: Any) -> Sweep:
    return world.sweep(trials={"max": most}, workers=builders.workers(workers), **spec)


def simulated(draw: Draw, *, most: int, workers: int, seed: int = 1) -> list[tuple[float, float]]:
    """Start and end of every trial, in seconds after noon."""
    rng, free = random.Random(seed), [0.0] * workers
    spans = []
    for _ in range(most):
        start = heapq.heappop(free)
        spans.append((start, start + draw(rng)))
        heapq.heappush(free, spans[-1][1])
    return spans


def foretold(spans: list[tuple[float, float]], at: float, *, workers: int, **more: Any) -> tuple[Eta | None, float]:
    """What is said at a moment, and what was then true."""
    now = NOON + timedelta(seconds=at)
    trials = [
        complete(n, seconds=end - start, completed=NOON + timedelta(seconds=end))
        if end <= at
        else running(n, at - start)
        for n, (start, end) in enumerate(spans)
        if start <= at
    ]
    spec = sweep(len(spans), workers, **more)
    return eta(spec.spec, evidence(spec, trials), workers, now), max(end for _, end in spans) - at


@pytest.mark.parametrize("workers", [1, 4, 16])
@pytest.mark.parametrize(
    "draw",
    [lambda rng: 600.0, lambda rng: rng.uniform(300, 900), lambda rng: rng.choice((30.0, 30.0, 900.0))],
    ids=["all alike", "some longer", "two of three pruned"],
)
@pytest.mark.parametrize("share", [0.2, 0.6, 0.85])
def test_the_end_is_foretold_without_a_lean(draw: Draw, workers: int, share: float) -> None:
    ratios = []
    for seed in range(9):
        spans = simulated(draw, most=160, workers=workers, seed=seed)
        said, true = foretold(spans, sorted(end for _, end in spans)[int(share * 160)] + 1, workers=workers)
        assert said is not None
        assert said.low_seconds <= said.seconds <= said.high_seconds
        ratios.append(said.seconds / true)
    assert median(ratios) == pytest.approx(1.0, abs=0.3)


def test_the_interval_holds_the_end_about_as_often_as_it_says() -> None:
    held = 0
    for seed in range(40):
        spans = simulated(lambda rng: rng.uniform(30, 1200), most=100, workers=4, seed=seed)
        said, true = foretold(spans, sorted(end for _, end in spans)[60] + 1, workers=4)
        assert said is not None
        held += said.low_seconds <= true <= said.high_seconds
    assert held >= 30, "36 of 40 are expected"


def test_workers_in_step_are_no_rush() -> None:
    spans = simulated(lambda rng: 600.0 + rng.random(), most=64, workers=8)
    said, true = foretold(spans, 602.0, workers=8)
    assert said is not None
    assert said.seconds == pytest.approx(true, rel=0.2)


def test_a_night_of_suspension_is_no_pace() -> None:
    night = 36_000.0
    spans = [(n * 100.0, n * 100.0 + 100) for n in range(10)]
    spans += [(n * 100.0 + night, n * 100.0 + night + 100) for n in range(10, 40)]
    said, true = foretold(spans, spans[14][1] + 1, workers=1)
    assert said is not None
    assert said.seconds == pytest.approx(true, rel=0.1)


def test_more_workers_are_sooner() -> None:
    spans = simulated(lambda rng: rng.uniform(500, 700), most=200, workers=4)
    trials = [
        complete(n, seconds=end - start, completed=NOON + timedelta(seconds=end), attributes={"hposweep:worker": n % 4})
        for n, (start, end) in enumerate(spans[:60])
    ]
    spec = sweep(200)
    few, many = (eta(spec.spec, evidence(spec, trials), workers, NOON) for workers in (4, 8))
    assert few is not None
    assert many is not None
    assert many.seconds == pytest.approx(few.seconds / 2, rel=0.1)


def test_the_same_trials_give_the_same_interval() -> None:
    spans = simulated(lambda rng: rng.uniform(1, 9), most=50, workers=2)
    assert foretold(spans, 60.0, workers=2) == foretold(spans, 60.0, workers=2)


@pytest.mark.parametrize(
    ("spec", "workers", "count"),
    [({}, 4, 4), ({}, 0, 20), ({"suspend": True}, 4, 20), ({"stop": "Terminate"}, 4, 20), ({"stop": "Drain"}, 4, 20)],
    ids=["too early", "no worker", "suspended", "terminated", "drained"],
)
def test_nothing_is_foretold(spec: dict[str, Any], workers: int, count: int) -> None:
    given = sweep(**spec)
    assert eta(given.spec, evidence(given, [complete(n) for n in range(count)]), workers, NOON) is None


def test_nothing_is_foretold_of_an_end_a_breaker_or_a_study_that_is_away() -> None:
    given = sweep()
    known = evidence(given, [complete(n) for n in range(20)])
    assert eta(given.spec, known, 4, NOON) is not None
    assert known.study is not None
    broken = replace(known.study, breaker=Breaker("A", "b", 4))
    for other in (known.ended(), replace(known, history=None), replace(known, study=broken)):
        assert eta(given.spec, other, 4, NOON) is None


def test_a_drain_waits_for_what_runs_only() -> None:
    given = sweep(stop="Drain")
    known = evidence(given, [*(complete(n) for n in range(20)), running(20, 30.0)])
    said = eta(given.spec, known, 1, NOON)
    assert said is not None
    assert said.seconds == pytest.approx(30.0)
    assert eta(sweep().spec, known, 1, NOON, is_draining=True) == said != eta(sweep().spec, known, 1, NOON)


def test_without_finish_times_durations_are_the_measure() -> None:
    given = sweep(100)
    said = eta(given.spec, evidence(given, [complete(n, completed=None) for n in range(20)]), 4, NOON)
    assert said is not None
    assert said.seconds == pytest.approx(80 / 4 * 60)


TIERS = {"minimum": [builders.best_value(greater_than=0.3)], "full": [builders.best_value(greater_than=0.5)]}


def said(given: Sweep, values: list[float], **more: Any) -> str:
    trials = [complete(n, value) for n, value in enumerate(values)]
    best = max(values) if given.spec.study.objectives[0].is_maximized else min(values)
    study = replace(world.study(given), best=Best(BestTrial(0, (best,)), (BestObjectiveValue(0, best),)))
    tiers = judge(given, world.seen(study, jobs=(world.job(),), history=History(tuple(trials)))).tiers
    found = outlook(given.spec, evidence(given, trials, study=study, **more), tiers)
    return f"{found.tier}: {found.message}" if found is not None else ""


def test_the_distance_and_the_pace_to_the_first_target_that_is_not_reached() -> None:
    values = [0.2] * 30 + [0.4] + [0.4] * 9
    assert said(sweep(success=TIERS), values) == (
        "full: score is 0.1 short of 0.5; the last 10 complete trials gained 0.2; at that pace about 5 more are "
        "needed, with 60 trials left (gains usually shrink)"
    )
    assert said(sweep(success=TIERS), [*values, *[0.4] * 20]) == (
        "full: score is 0.1 short of 0.5; no gain in the last 15 complete trials, 40 trials left"
    )


def test_a_target_of_a_part_of_the_space_is_left_out() -> None:
    tiers = {"full": [builders.best_value(greater_than=0.5, where={"x": 1}), builders.best_value(greater_than=0.6)]}
    assert said(sweep(success=tiers), [0.2] * 20).startswith("full: score is 0.4 short of 0.6")


def test_minimize_counts_downwards() -> None:
    down = sweep(success={"full": [builders.best_value(less_than=0.1)]}, study=builders.study(direction="Minimize"))
    assert "score is 0.1 short of 0.1; the last 2 complete trials gained 0.2" in said(down, [0.4] * 6 + [0.2] * 2)


def test_where_nothing_is_to_be_said() -> None:
    assert said(sweep(success=TIERS), [0.6] * 20) == ""
    assert said(sweep(success=TIERS), [0.2] * 7) == ""
    assert said(sweep(success=TIERS), [0.2] * 20, has_ended=True) == ""
    assert said(sweep(success={"full": [builders.trials_finished(90)]}), [0.2] * 20) == ""
    assert said(sweep(success={"full": [builders.best_value(less_than=0.1)]}), [0.2] * 20) == "", (
        "no better trial helps"
    )


def test_ages_of_the_study_come_before_those_of_the_history() -> None:
    given = sweep(21, 1)
    trials: list[Trial] = [*(complete(n) for n in range(20)), running(20, 0.0)]
    study = replace(world.study(given), running=(RunningTrial(9, 20, "u", 45.0),))
    said = eta(given.spec, evidence(given, trials, study=study), 1, NOON)
    assert said is not None
    assert said.seconds == pytest.approx(15.0)
    assert trials[0].state == COMPLETE
