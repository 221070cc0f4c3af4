"""All rules together: order, silence, speed."""

from __future__ import annotations

import random
from dataclasses import replace

from hposweep.judge.health.findings import findings
from hposweep.model.baseline import Baseline
from tests import builders
from tests.unit import world
from tests.unit.judge.counting import counted
from tests.unit.judge.health.builders import NOON, complete, evidence, failed, running


def test_the_worst_comes_first_and_all_are_there() -> None:
    sweep = world.sweep(trials={"max": 500}, searchSpace=[builders.float_parameter("x", 0, 1)])
    trials = [failed(n, params={"x": 0.5}) for n in range(12)]
    listed = findings(sweep.spec, evidence(sweep, [*trials, running(12, 1000.0, params={"x": 0.5})]), 1, NOON)
    assert [(finding.reason, finding.severity.value) for finding in listed] == [
        ("FailingImmediately", "Error"),
        ("TooManyFailures", "Warning"),
        ("SlowTrials", "Warning"),
        ("ParameterNeverVaries", "Warning"),
    ]


def test_a_young_sweep_and_one_that_cannot_be_read_have_none() -> None:
    sweep = world.sweep()
    assert findings(sweep.spec, evidence(sweep, []), 1, NOON) == ()
    assert findings(sweep.spec, evidence(sweep, [complete(n) for n in range(9)]), 1, NOON) == ()
    unread = replace(evidence(sweep, []), study=None, history=None)
    assert findings(sweep.spec, unread, 1, NOON) == ()


def test_ten_times_as_many_trials_are_ten_times_the_work() -> None:
    """Counted, not timed. Parameters that settled are the worst case."""
    assert _calls(10_000) < 12 * _calls(1_000)


def _calls(n: int) -> int:
    rng = random.Random(1)
    space = [builders.float_parameter(f"p{k}", 0, 1) for k in range(8)] + [
        builders.categorical_parameter(f"c{k}", "a", "b", "c") for k in range(4)
    ]
    sweep = world.sweep(trials={"max": 20_000}, searchSpace=space)
    trials = [
        complete(
            number,
            rng.random(),
            params={f"p{k}": rng.random() for k in range(8)}
            | {f"c{k}": "a" if number > n // 20 else rng.choice("abc") for k in range(4)},
        )
        for number in range(n)
    ]
    given = evidence(sweep, trials, baseline=Baseline(best=2.0))
    with counted() as calls:
        listed = findings(sweep.spec, given, 4, NOON)
    assert {finding.reason for finding in listed} >= {"ValueDominates", "StuckAtBaseline"}
    return calls.count
