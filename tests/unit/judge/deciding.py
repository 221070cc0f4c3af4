"""Builders of decision points, and one pass over a sweep that has them."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from typing import Any

from hposweep.api.status import Status
from hposweep.api.sweep import Sweep
from hposweep.api.wire import from_wire, to_wire
from hposweep.judge.decisions import decisions
from hposweep.judge.evidence import Evidence
from hposweep.judge.judge import judge
from hposweep.judge.study_from_trials import study_of
from hposweep.model.history import History
from hposweep.model.observation import Observation
from hposweep.model.trials import RunningTrial
from hposweep.model.verdicts import Decision, Verdicts
from hposweep.model.workers import Job, Pod
from hposweep.plan.control import control
from hposweep.report.status import report
from tests.builders import best_value
from tests.unit import world
from tests.unit.judge import histories

Json = dict[str, Any]

NOW = histories.after(600)
# The rule of a launch checklist, with the answer that it leaves out: what if the best is neither low nor high?
CHECKLIST = (
    {"when": best_value(less_than=0.26), "then": "Stop", "label": "no improvement"},
    {"when": best_value(greater_than=0.32), "then": "Continue", "label": "excellent progress"},
    {"when": best_value(greater_than=0.30), "then": "Continue", "label": "on track"},
)


def point(name: str = "mid-sweep", *rules: Json, at: Json | None = None, otherwise: str = "Ask", **more: Any) -> Json:
    """At 5 trials by the checklist's rules, unless others are given."""
    return {
        "name": name,
        "at": at or {"trials": 5},
        "rules": [*rules] or [*CHECKLIST],
        "otherwise": otherwise,
    } | more


def sweep(*points: Json, started: datetime | None = histories.START, most: int = 10, **spec: Any) -> Sweep:
    """One that was accepted at the start of `histories`."""
    made = world.sweep(decisionPoints=[*points], **{"trials": {"max": most}, **spec})
    return replace(made, status=status(started))


def status(started: datetime | None) -> Status:
    body = {
        "observedGeneration": 1,
        "state": "Running",
        "message": "",
        "study": {"name": "default.digits", "id": 7},
        "trials": {"max": 10},
        "progress": "0/10",
        "workers": {"desired": 1},
        "replicas": 1,
        "selector": "hposweep.dev/sweep=digits",
    }
    return replace(from_wire(Status, body), start_time=started)


def evidence(of: Sweep, history: History | None, **fields: Any) -> Evidence:
    goals = of.spec.study.objectives
    study = replace(study_of(history, goals), owner=of.uid) if history is not None else None
    return Evidence(goals, of.spec.search_space, study, history, **fields)


def seen(
    of: Sweep, history: History | None, now: datetime, *, jobs: tuple[Job, ...] = (), pods: tuple[Pod, ...] = ()
) -> Observation:
    """What a pass sees of it; without a history the database is away."""
    if history is None:
        return world.seen(world.LOST, jobs=jobs, pods=pods, now=now)
    counted = study_of(history, of.spec.study.objectives, study_id=7, name=of.study_name)
    running = tuple(RunningTrial(trial.number, trial.number, "pod-uid-0") for trial in history.running)
    study = replace(counted, owner=of.uid, control=control(of), running=running)
    return world.seen(study, jobs=jobs, pods=pods, now=now, history=history)


def visited(of: Sweep, at: Observation) -> tuple[Sweep, Verdicts]:
    """The sweep as the next pass, of this operator or of another, reads it."""
    verdicts = judge(of, at)
    written = report(of, at, verdicts, at.now)
    return replace(of, status=from_wire(Status, to_wire(written))), verdicts


def made(of: Sweep, so_far: History | None, now: datetime = NOW, **more: Any) -> tuple[Decision, ...]:
    """All decisions of a pass."""
    return decisions(of, evidence(of, so_far, **more), now)


def best_of(value: float) -> History:
    """Five trials, the third of which is the best."""
    return histories.of_values([0.1, 0.2, value, 0.15, 0.05])
