"""When the trials of the start are enqueued: before the first worker, and each once."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from hposweep.api.sweep import Sweep
from hposweep.judge.judge import judge
from hposweep.model.enqueueing import EnqueueStart
from hposweep.model.history import COMPLETE, WAITING, History, Trial
from hposweep.model.observation import Fault, Observation
from hposweep.model.plan import CreateJob, Plan
from hposweep.model.study_start import WarmStart, WarmStartRecord
from hposweep.plan.planner import plan
from hpotrial import protocol
from tests import builders
from tests.unit import world

POINTS = ({"x": 1}, {"x": -2.5})
RECORD = WarmStartRecord("v2", (4, 9), 1, "trial 3: `x` is 99")


def sweep(*points: Any, warm_start: bool = False, **blocks: Any) -> Sweep:
    study = builders.study(enqueue=list(points))
    if warm_start:
        study["warmStart"] = [{"study": "v2", "top": 2}]
    return world.sweep(study=study, **blocks)


def observed(of: Sweep, *trials: Trial, started: bool = False, **fields: Any) -> Observation:
    study = replace(world.study(of), warm_start=fields.pop("records", None))
    jobs = (world.job(),) if started else ()
    return world.seen(study, history=History(trials), jobs=jobs, **fields)


def planned(of: Sweep, what: Observation) -> Plan:
    return plan(of, what, judge(of, what))


def start_of(of: Sweep, what: Observation) -> EnqueueStart | None:
    return world.action(planned(of, what), EnqueueStart)


def trials_of(action: EnqueueStart | None) -> tuple[Trial, ...]:
    """As the database has them afterwards."""
    entries = action.trials if action is not None else ()
    return tuple(Trial(place, WAITING, attributes=entry.attributes) for place, entry in enumerate(entries))


def test_points_are_enqueued_in_their_order_before_there_is_a_worker() -> None:
    of = sweep(*POINTS)
    actions = planned(of, observed(of)).actions
    kinds = [type(action) for action in actions]
    assert kinds.index(EnqueueStart) < kinds.index(CreateJob)
    action = start_of(of, observed(of))
    assert action is not None
    assert [trial.params for trial in action.trials] == [{"x": 1.0}, {"x": -2.5}]
    assert all(type(trial.params["x"]) is float for trial in action.trials)
    assert (action.study_id, action.records) == (7, None)
    assert {trial.attributes[protocol.START]["from"] for trial in action.trials} == {"study.enqueue"}
    assert action.message(1) == "enqueued 1 trial at the start of study 7 (2 planned)"


def test_those_that_the_study_has_are_not_enqueued_again() -> None:
    of = sweep(*POINTS)
    done = trials_of(start_of(of, observed(of)))
    assert start_of(of, observed(of, *done)) is None
    assert start_of(of, observed(of, *(replace(trial, state=COMPLETE) for trial in done), started=True)) is None
    action = start_of(of, observed(of, done[0]))
    assert action is not None
    assert [trial.params for trial in action.trials] == [{"x": -2.5}]


def test_an_appended_point_is_enqueued_while_workers_run_whatever_the_order() -> None:
    of = sweep(*POINTS)
    done = trials_of(start_of(of, observed(of)))
    action = start_of(sweep({"x": 3}, *reversed(POINTS)), observed(of, *done, started=True))
    assert action is not None
    assert [trial.params for trial in action.trials] == [{"x": 3.0}]


def test_a_point_that_is_there_twice_runs_twice() -> None:
    of = sweep({"x": 1}, {"x": 1.0})
    action = start_of(of, observed(of))
    assert action is not None
    assert len({trial.attributes[protocol.START]["key"] for trial in action.trials}) == 2
    assert start_of(of, observed(of, *trials_of(action))) is None


def test_another_sweep_of_the_study_has_other_keys() -> None:
    of = sweep(*POINTS)
    done = trials_of(start_of(of, observed(of)))
    other = replace(of, uid="another")
    study = replace(world.study(other))
    action = start_of(other, world.seen(study, history=History(done)))
    assert action is not None
    assert len(action.trials) == 2


WARM = (WarmStart(RECORD, ({"x": 1.0}, {"x": 5.0})),)


def test_trials_of_another_study_come_after_the_points_with_their_origin() -> None:
    of = sweep(*POINTS, warm_start=True)
    action = start_of(of, observed(of, warm_starts=WARM))
    assert action is not None
    assert [trial.params["x"] for trial in action.trials] == [1.0, -2.5, 1.0, 5.0]
    mark = action.trials[-1].attributes[protocol.START]
    assert (mark["from"], mark["study"], mark["trial"]) == ("study.warmStart", "v2", 9)
    assert action.records == (RECORD,)


def test_one_configuration_of_two_studies_runs_once() -> None:
    of = sweep(warm_start=True)
    action = start_of(of, observed(of, warm_starts=(*WARM, *WARM)))
    assert action is not None
    assert [trial.params["x"] for trial in action.trials] == [1.0, 5.0]


def test_a_study_with_a_record_takes_no_other_trials() -> None:
    of = sweep(warm_start=True)
    assert start_of(of, observed(of, warm_starts=WARM, records=(RECORD,))) is None


@pytest.mark.parametrize("is_started", [True, False])
def test_a_sweep_that_is_not_accepted_enqueues_nothing(is_started: bool) -> None:
    """An appended point outside the space keeps the others back, until it is corrected."""
    of = sweep({"x": 1}, {"x": 99})
    what = observed(of, started=is_started)
    assert judge(of, what).accepted.reason == "Contradiction"
    assert start_of(of, what) is None
    assert start_of(sweep(*POINTS), observed(of, refusals=(Fault("SourceNotFound", "no ConfigMap"),))) is None


def test_a_sweep_that_stops_enqueues_nothing() -> None:
    of = sweep(*POINTS, stop="Drain")
    assert start_of(of, observed(of, started=True)) is None


def test_a_study_that_cannot_be_read_is_left_alone() -> None:
    of = sweep(*POINTS)
    assert start_of(of, world.seen(world.study(of), jobs=(world.job(),))) is None
    assert start_of(of, world.seen(world.LOST)) is None


def test_a_sweep_without_a_start_plans_none() -> None:
    of = world.sweep()
    assert start_of(of, observed(of)) is None
