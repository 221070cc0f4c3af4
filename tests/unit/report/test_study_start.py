"""What the status tells of the trials that the study started with."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from hposweep.api.sweep import Sweep
from hposweep.model.history import COMPLETE, FAIL, WAITING, History, Trial
from hposweep.model.observation import Observation
from hposweep.model.study_start import StartMark, WarmStartRecord
from hpotrial import protocol
from tests import builders
from tests.unit import world
from tests.unit.report.reading import after, told

RECORD = WarmStartRecord("v2", tuple(range(12)), 3, "trial 30: `x` is 99, allowed is -10 to 10")


def sweep(**study: Any) -> Sweep:
    return world.sweep(study=builders.study(enqueue=[{"x": 1}], warmStart=[{"study": "v2"}]), **study)


def trial(number: int, state: str, *mark: Any, **attributes: Any) -> Trial:
    return Trial(number, state, attributes={protocol.START: StartMark(*mark).to_json(), **attributes})


def observed(of: Sweep, *trials: Trial, records: Any = (RECORD,)) -> Observation:
    return world.seen(replace(world.study(of), warm_start=records), history=History(trials), jobs=(world.job(),))


def test_it_has_counts_and_says_where_they_come_from() -> None:
    of = sweep()
    lost = trial(1, FAIL, "b", "v2", 0, **{protocol.CHARGED: False})
    again = trial(4, COMPLETE, "b", "v2", 0, **{protocol.RETRIED_FROM: 1})
    trials = (trial(0, COMPLETE, "a"), lost, trial(2, WAITING, "c", "v2", 1), Trial(3, COMPLETE), again)
    status = told(of, observed(of, *trials)).study_start
    assert status is not None
    assert (status.points, status.finished, status.waiting) == (3, 2, 1)
    assert status.message == (
        "1 point of `spec.study.enqueue`; 12 trials of study `v2` (numbers 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 2 more, "
        "3 better ones skipped, the first of them trial 30: `x` is 99, allowed is -10 to 10)"
    )


def test_it_stays_while_the_study_cannot_be_read() -> None:
    of = sweep()
    first = told(of, observed(of, trial(0, COMPLETE, "a")))
    assert told(after(of, first), world.seen(world.LOST, jobs=(world.job(),))).study_start == first.study_start


def test_there_is_none_before_and_without_one() -> None:
    assert told(sweep(), observed(sweep(), records=None)).study_start is None
    of = world.sweep()
    assert told(of, observed(of, records=None)).study_start is None


def test_a_mark_of_others_is_no_mark() -> None:
    of = sweep()
    odd = Trial(0, COMPLETE, attributes={protocol.START: "yes"}), Trial(1, COMPLETE, attributes={protocol.START: {}})
    assert told(of, observed(of, *odd, records=None)).study_start is None
