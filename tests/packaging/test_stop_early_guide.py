"""The guide to early stops does what it says: its own sweep, its own example."""

from __future__ import annotations

import pytest

from hposweep.api.conditions import GOAL_REACHED, NO_IMPROVEMENT
from hposweep.judge.course import replayed_course
from tests.documents import sweeps
from tests.unit import world
from tests.unit.judge.deciding import evidence
from tests.unit.judge.histories import of_values

BODY = sweeps()["docs/how-to/stop-early.md:0"]


@pytest.mark.parametrize(
    ("values", "reason", "trials"),
    [
        ([0.2] * 41 + [0.353] + [0.1] * 3, GOAL_REACHED, 42),
        ([0.2] * 100, NO_IMPROVEMENT, 50),
        ([0.2] * 40 + [0.3] + [0.2] * 59, NO_IMPROVEMENT, 71),
    ],
)
def test_the_rules_stop_as_the_guide_says(values: list[float], reason: str, trials: int) -> None:
    of = world.sweep(**BODY["spec"])
    rule = replayed_course(of.spec, evidence(of, of_values(values)), world.NOON).reached
    assert rule is not None
    assert (rule.reason, rule.trials) == (reason, trials)
