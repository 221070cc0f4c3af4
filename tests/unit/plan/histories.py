"""Histories and search spaces for tests of contrast trials: values fall with the trial's number, best first."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import Any

from hposweep.api.space import Choices, FloatRange, IntRange, Parameter, ParameterCondition
from hposweep.api.sweep import Sweep
from hposweep.model.enqueueing import EnqueueTrials
from hposweep.model.history import COMPLETE, WAITING, History, Trial
from hposweep.model.observation import Observation
from hposweep.model.trials import Counts
from hpotrial import protocol
from tests import builders
from tests.unit import world

ENCODER = Parameter("encoder", categorical=Choices(("cnn", "context")))
DEPTH = Parameter("depth", int_=IntRange(2, 8), when=ParameterCondition("encoder", ("cnn",)))
HEADS = Parameter("heads", int_=IntRange(1, 16, log=True), when=ParameterCondition("encoder", ("context",)))
RATE = Parameter("rate", float_=FloatRange(1e-4, 1e-2, log=True))
DROPOUT = Parameter("dropout", float_=FloatRange(0.0, 0.5, step=0.05))
SPACE = (DEPTH, ENCODER, HEADS, RATE, DROPOUT)  # a child may stand before its parent

WIRE_SPACE = [
    builders.int_parameter("depth", 2, 8, when=builders.when("encoder", "cnn")),
    builders.categorical_parameter("encoder", "cnn", "context"),
    builders.int_parameter("heads", 1, 16, log=True, when=builders.when("encoder", "context")),
    builders.float_parameter("rate", 1e-4, 1e-2, log=True),
    builders.float_parameter("dropout", 0.0, 0.5, step=0.05),
]


def cnn(rate: float = 1e-3, depth: int = 4, dropout: float = 0.1) -> dict[str, Any]:
    return {"encoder": "cnn", "depth": depth, "rate": rate, "dropout": dropout}


def context(rate: float = 1e-3, heads: int = 8, dropout: float = 0.1) -> dict[str, Any]:
    return {"encoder": "context", "heads": heads, "rate": rate, "dropout": dropout}


def complete(number: int, params: Mapping[str, Any], value: float | None = None, **more: Any) -> Trial:
    return Trial(number, COMPLETE, (float(-number) if value is None else value,), params, **more)


def searched(*configurations: Mapping[str, Any]) -> tuple[Trial, ...]:
    """One trial each; the first is the best when values are maximized."""
    return tuple(complete(number, params) for number, params in enumerate(configurations))


def many(count: int) -> tuple[Trial, ...]:
    """Different configurations, two cnn for each context."""
    return searched(
        *((context if number % 3 == 2 else cnn)(rate=round(1e-4 + number * 1e-5, 10)) for number in range(count))
    )


def sweep(*parameters: str, pairs: int = 12, most: int = 100, replicas: int = 4, **spec: Any) -> Sweep:
    blocks = {
        "searchSpace": WIRE_SPACE,
        "workers": builders.workers(replicas),
        "trials": {"max": most},
        "contrast": {"parameters": list(parameters or ("encoder",)), "pairs": pairs},
    }
    return world.sweep(**(blocks | spec))


def seen(of: Sweep, trials: Iterable[Trial], **counts: int) -> Observation:
    """The study of these trials; `counts` has what else there is in it."""
    history = History(tuple(trials))
    states = [trial.state for trial in history.trials]
    counted = {"complete": states.count(COMPLETE), "waiting": states.count(WAITING)}
    study = replace(world.study(of), counts=Counts(**{**counted, **counts}))
    return world.seen(study, jobs=(world.job(),), history=history)


def waiting(action: EnqueueTrials, first: int) -> tuple[Trial, ...]:
    """The trials of a plan, as the next look at the study finds them."""
    return tuple(
        Trial(first + place, WAITING, params=trial.params, attributes=trial.attributes)
        for place, trial in enumerate(action.trials)
    )


def mark(parameter: str = "encoder", pair: int = 0, of: int = 0, value: Any = "cnn") -> dict[str, Any]:
    return {protocol.CONTRAST: {"parameter": parameter, "pair": pair, "of": of, "value": value}}
