"""A study as the operator starts it: points, what a pass would enqueue, and the trials that bear its mark."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from optuna.trial import FrozenTrial

from hposweep.api.sweep import Sweep
from hposweep.database.study import Studies
from hposweep.judge.judge import judge
from hposweep.model.enqueueing import EnqueueStart
from hposweep.model.observation import Observation
from hposweep.model.study_start import WarmStart, WarmStartRecord
from hposweep.plan.study_start import study_start
from hpotrial import protocol
from tests import builders
from tests.trial.builders import SWEEP_UID, SweepStudy, work
from tests.unit import world

SPACE = [
    builders.float_parameter("x", -5.0, 5.0),
    builders.categorical_parameter("family", "cnn", "context"),
    builders.int_parameter("depth", 1, 5, when=builders.when("family", "cnn")),
    builders.int_parameter("heads", 1, 5, when=builders.when("family", "context")),
]
CNN = {"x": 2.0, "family": "cnn", "depth": 1}
CONTEXT = {"x": -1.5, "family": "context", "heads": 3}
PARTIAL = {"family": "cnn", "x": 0.25}
POINTS = [CNN, CONTEXT, PARTIAL]
OTHER = {"x": 4.0, "family": "cnn", "depth": 5}


def sweep_of(*points: Any, warm_start: bool = False, max_trials: int = 10, **study: Any) -> Sweep:
    block = builders.study(direction="Minimize", objective="loss", enqueue=list(points), **study)
    if warm_start:
        block["warmStart"] = [{"study": "earlier"}]
    spec = world.sweep(study=block, searchSpace=SPACE, trials={"max": max_trials})
    return replace(spec, uid=SWEEP_UID)


def observed(study: SweepStudy, studies: Studies, **fields: Any) -> Observation:
    """What a pass of the operator reads."""
    read = studies.read(study.name, [False])
    assert read is not None
    return world.seen(read, history=studies.history(read.id, read.counts), **fields)


def plan(sweep: Sweep, study: SweepStudy, studies: Studies, **fields: Any) -> EnqueueStart | None:
    """What a pass of the operator would enqueue now."""
    observation = observed(study, studies, **fields)
    return study_start(sweep, observation, judge(sweep, observation))


def enqueue(sweep: Sweep, study: SweepStudy, studies: Studies, **fields: Any) -> int:
    action = plan(sweep, study, studies, **fields)
    return studies.enqueue(action) if action is not None else 0


def two_families(reference: str = "two_families:loss", **blocks: Any) -> dict[str, Any]:
    return work(reference, search_space=SPACE, **blocks)


def started(study: SweepStudy) -> list[FrozenTrial]:
    return [trial for trial in study.trials if protocol.START in trial.user_attrs]


def first_starts(study: SweepStudy) -> list[FrozenTrial]:
    """First attempts only."""
    return [trial for trial in started(study) if protocol.RETRIED_FROM not in trial.user_attrs]


def given(trial: FrozenTrial) -> dict[str, Any]:
    """The parameters that a trial had to use."""
    return trial.system_attrs["fixed_params"]  # type: ignore[no-any-return]


def warm(*entries: tuple[int, dict[str, Any]]) -> tuple[WarmStart, ...]:
    numbers, params = zip(*entries, strict=True)
    return (WarmStart(WarmStartRecord("earlier", numbers, 1, "trial 9: `x` is 7"), params),)
