"""CPU time of one whole judgement: validation, criteria, health, forecast, comparison. `bench` prints it.

The sweep has six parameters and every kind of criterion. Its decision point was decided earlier, and its baseline is a
study with a fifth of the trials. "Again" is a pass in which no trial has finished since, so that the results that are
cached with the history are used.
"""

from __future__ import annotations

import random
import statistics
import time
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import Any

from hposweep.api.names import SEARCH_PHASE
from hposweep.api.spec import Spec
from hposweep.api.status import Status, StudyStatus, TrialsStatus, WorkersStatus
from hposweep.api.sweep import Sweep
from hposweep.api.wire import from_wire
from hposweep.judge.judge import judge
from hposweep.judge.study_from_trials import study_of
from hposweep.model.baseline import Baseline
from hposweep.model.history import COMPLETE, FAIL, History, Trial
from hposweep.model.observation import Observation
from hposweep.model.storage import Storage
from hposweep.model.trials import Study
from hposweep.model.verdicts import Verdicts
from hposweep.model.workers import Pod, Workers
from hposweep.report.decisions import row

SIZES = (100, 1_000, 10_000)
ROUNDS = 11
FAILED = 0.03
PODS = tuple(Pod(name=f"worker-{number}", uid=f"uid-{number}", phase="Running", is_ready=True) for number in range(4))
START = datetime(2026, 1, 1, tzinfo=UTC)
NOW = START + timedelta(days=1)
NUMBERS = ("x1", "x2", "x3", "lr")
SUCCESS: dict[str, Any] = {
    "minimum": [
        {"trialsFinished": {"min": 50}},
        {"bestValue": {"improvesBaselineBy": "5%"}},
        {"completedRatio": {"min": 0.9}},
        {"failedRatio": {"max": 0.1}},
        {"eliteShare": {"parameter": "family", "min": 0.7}},
    ],
    "full": [
        {"boundariesResolved": {"parameters": ["x1", "x2", "depth"]}},
        {"clearTrend": {"parameters": [*NUMBERS, "depth", "family"]}},
        {"anyOf": [{"bestValue": {"greaterThan": 2}}, {"eliteShare": {"parameter": "family", "minLift": 2}}]},
        {"improvementIsReal": {}},
    ],
}
SPEC: dict[str, Any] = {
    "study": {
        "storage": {"secretRef": {"name": "optuna-db", "key": "uri"}},
        "objectives": [{"name": "score", "direction": "Maximize"}],
        "sampler": {},
        "pruner": {},
    },
    "objective": {"python": "train:objective"},
    "workers": {"replicas": 4, "template": {}},
    "searchSpace": [
        *({"name": name, "float": {"low": 0, "high": 1}} for name in NUMBERS),
        {"name": "depth", "int": {"low": 2, "high": 8}},
        {"name": "family", "categorical": {"choices": ["cnn", "context", "mixed"]}},
    ],
    "decisionPoints": [
        {
            "name": "half",
            "at": {"fraction": 0.5},
            "rules": [{"when": {"bestValue": {"lessThan": 0}}, "then": "Stop"}],
            "otherwise": "Continue",
        }
    ],
    "baseline": {"study": "earlier"},
    "success": SUCCESS,
}


@dataclass(frozen=True, slots=True)
class Judging:
    """Milliseconds, as medians of all rounds."""

    trials: int
    first: float
    again: float


def judging() -> Iterator[Judging]:
    _round(SIZES[0], seed=0)  # loads modules, so that they are not measured
    for size in SIZES:
        rounds = [_round(size, seed) for seed in range(ROUNDS)]
        first, again = (statistics.median(times) for times in zip(*rounds, strict=True))
        yield Judging(size, 1000 * first, 1000 * again)


def judged_sweep(size: int, draw: random.Random) -> tuple[Sweep, Observation]:
    """Return a sweep whose decision point was decided earlier, and what a pass observes of it."""
    sweep = _sweep(size)
    earlier, history = (History(tuple(_trials(count, draw))) for count in (max(size // 5, 20), size))
    goals = sweep.spec.study.objectives
    study = study_of(history, goals, study_id=1, name=sweep.study_name)
    known = study_of(earlier, goals, study_id=2, name="earlier")
    best = known.best.by_objective[0]
    seen = Observation(
        storage=Storage(is_reachable=True, study=_owned(study, sweep.uid)),
        children={SEARCH_PHASE: Workers(pods=PODS)},
        now=NOW,
        history=history,
        baseline=Baseline(best.value if best else None, len(earlier.finished), "earlier", ("MAXIMIZE",), earlier),
    )
    return _decided(sweep, judge(sweep, replace(seen, history=History(history.trials)))), seen


def _round(size: int, seed: int) -> tuple[float, float]:
    """Return the seconds of a first judgement of new trials, and of a second one of the same trials."""
    sweep, seen = judged_sweep(size, random.Random(seed))  # noqa: S311  # made-up trials, no secret
    began = time.process_time()
    judge(sweep, seen)
    middle = time.process_time()
    judge(sweep, seen)
    return middle - began, time.process_time() - middle


def _decided(sweep: Sweep, verdicts: Verdicts) -> Sweep:
    """Return the sweep as it is read after the pass that decided."""
    status = Status(
        observed_generation=1,
        state="Running",
        message="",
        study=StudyStatus(sweep.study_name),
        trials=TrialsStatus(sweep.spec.trials.max),
        progress="",
        workers=WorkersStatus(sweep.spec.workers.replicas),
        replicas=sweep.spec.workers.replicas,
        selector="",
        decisions=tuple(row(decision) for decision in verdicts.decisions),
    )
    return replace(sweep, status=status)


def _sweep(size: int) -> Sweep:
    body = {**SPEC, "trials": {"max": 2 * size}}
    return Sweep("bench", "judged", "uid", 1, from_wire(Spec, body))


def _owned(study: Study, uid: str) -> Study:
    return replace(study, owner=uid)


def _trials(count: int, draw: random.Random) -> Iterator[Trial]:
    for number in range(count):
        params: dict[str, Any] = {name: draw.random() for name in NUMBERS}
        params |= {"depth": draw.randint(2, 8), "family": draw.choice(["cnn", "context", "mixed"])}
        has_failed = draw.random() < FAILED
        yield Trial(
            number=number,
            state=FAIL if has_failed else COMPLETE,
            values=() if has_failed else (params["x2"] - (params["x1"] - 0.6) ** 2 + draw.gauss(0, 0.3),),
            params=params,
            seconds=60 * draw.random(),
            completed=START + timedelta(seconds=10 * number),
        )
