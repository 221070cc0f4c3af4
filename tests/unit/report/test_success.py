"""What was measured is in the status: numbers beside each sentence, and the comparison with the baseline."""

from __future__ import annotations

from dataclasses import replace

from hposweep.api.spec import BaselineSpec as Wanted
from hposweep.model.baseline import Baseline
from hposweep.model.verdicts import CriterionVerdict, Outcome, TierVerdict
from hposweep.report.success import tier_status
from tests.unit import world
from tests.unit.report.reading import after, told


def test_a_row_has_every_number_of_its_verdict() -> None:
    found = CriterionVerdict("eliteShare", Outcome.TRUE, "cnn leads", 0.8, 0.7, 0.1, 40, {"lift": 1.5})
    bare = CriterionVerdict("bestValue", Outcome.UNKNOWN, "not yet")
    status = tier_status(TierVerdict("full", Outcome.UNKNOWN, (found, bare)))
    assert (status.tier, status.outcome) == ("full", "Unknown")
    row, empty = status.criteria
    assert (row.value, row.threshold, row.margin, row.trials, row.evidence) == (0.8, 0.7, 0.1, 40, {"lift": 1.5})
    assert (empty.value, empty.trials, empty.evidence) == (None, None, None)


def test_the_comparison_stays_while_the_study_cannot_be_read_and_goes_with_the_baseline() -> None:
    sweep = world.sweep()
    sweep = replace(sweep, spec=replace(sweep.spec, baseline=Wanted(value=0.5, trials=20)))
    seen = world.seen(world.study(sweep, best=0.6, complete=5), jobs=(world.job(),))
    seen = replace(seen, baseline=Baseline(best=0.5, trials=20))
    first = told(sweep, seen)
    assert first.baseline is not None
    assert (first.baseline.best, first.baseline.trials) == (0.5, 20)
    lost = replace(world.seen(world.LOST, jobs=(world.job(),)), baseline=Baseline(best=0.5, trials=20))
    later = after(sweep, first)
    assert told(later, lost).baseline == first.baseline
    without = replace(later, spec=replace(later.spec, baseline=None))
    assert told(without, replace(seen, baseline=None)).baseline is None
    assert told(without, world.seen(world.LOST, jobs=(world.job(),))).baseline is None
