"""The simulation of the next space counts an optimum that the space lost."""

from __future__ import annotations

from bench import next_space_truth as truth
from hposweep.analysis.space_edit import EditKind, SpaceEdit
from hposweep.api.space import Choices, FloatRange

SWEEP = truth.PlantedSweep(1, "random", 50, 0.05, 1.0, {"shift": 4.0, "rate": 0.0}, {"shift": 0.9, "rate": 0.9})
SHIFT = FloatRange(-5, 5)


def test_an_optimum_outside_of_the_next_range_is_lost() -> None:
    inside, outside = (SpaceEdit("shift", EditKind.NARROW, SHIFT, FloatRange(-5, high), "", 50) for high in (4.5, 3.9))
    assert SWEEP.is_covered(inside)
    assert not SWEEP.is_covered(outside)
    assert not SWEEP.is_covered(SpaceEdit("shift", EditKind.FREEZE, SHIFT, None, "", 50, value=4.0))
    assert SWEEP.is_covered(SpaceEdit("rate", EditKind.FREEZE, SHIFT, None, "", 50, value=4.0))


def test_a_better_family_that_is_dropped_is_lost() -> None:
    edit = SpaceEdit("family", EditKind.DROP, Choices(("a", "b")), Choices(("b",)), "", 50)
    assert not SWEEP.is_covered(edit)


def test_each_sampler_has_a_row() -> None:
    tallies = truth.measure(sweeps=1, seed=1)
    rows = list(truth.table(tallies))
    assert [row.split(" | ")[0] for row in rows[2:]] == ["| random", "| TPE"]
    assert all(len(tally.covered) == 1 for tally in tallies.values())
