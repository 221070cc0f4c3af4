"""Sweeps for the linter's tests: one without findings, and functions that break one thing of it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from hposweep.api.spec import Spec
from hposweep.judge.linter.rules import LinterRule
from tests import builders as b
from tests.unit import world

Json = dict[str, Any]

KIND, DEPTH, LR = (
    b.categorical_parameter("kind", "a", "b"),
    b.int_parameter("depth", 1, 8),
    b.float_parameter("lr", 1e-5, 1e-1, log=True),
)
BASELINE = {"value": 0.5, "trials": 100}
RANDOM = b.study(sampler={"name": "RandomSampler"})


@dataclass(frozen=True, slots=True)
class Case:
    """`fires` and `quiet` are blocks of a spec, `words` what the message and its detail must contain."""

    rule: LinterRule
    fires: Json
    quiet: Json
    words: tuple[str, ...]
    severity: str = "Warning"
    fields: tuple[str, ...] = ()  # the first ones; all of them are paths of the resource


def spec(**blocks: Any) -> Spec:
    """A hundred trials over three parameters; keywords replace blocks."""
    return world.sweep(**({"searchSpace": [KIND, DEPTH, LR], "trials": {"max": 100}} | blocks)).spec


def minimum(*criteria: Json, **more: Any) -> Json:
    return {"success": {"minimum": list(criteria)}, **more}


def above(value: float, **more: Any) -> Json:
    return {"bestValue": {"greaterThan": value, **more}}


def below(value: float, **more: Any) -> Json:
    return {"bestValue": {"lessThan": value, **more}}


def improves(share: str, **more: Any) -> Json:
    return {"bestValue": {"improvesBaselineBy": share, **more}}


def elite(least: float | None = 0.9, parameter: str = "kind", **more: Any) -> Json:
    return {"eliteShare": {"parameter": parameter, **({} if least is None else {"min": least}), **more}}


def rule(when: Json, then: str = "Continue", label: str = "") -> Json:
    return {"when": when, "then": then, "label": label}


def point(*rules: Json, otherwise: str | None = "Ask", name: str = "mid", **at: float) -> Json:
    given = {} if otherwise is None else {"otherwise": otherwise}
    return {"name": name, "at": at or {"trials": 50}, "rules": list(rules or [rule(above(0.5))]), **given}


def points(*given: Json, **more: Any) -> Json:
    return {"decisionPoints": list(given), **more}


def ranged(**bounds: float) -> Json:
    return {"objectives": [{"name": "score", "direction": "Maximize", "range": bounds}]}


def sampled(name: str, **options: Any) -> Json:
    return b.study(sampler={"name": name, "options": options})


def pruned(name: str, **options: Any) -> Json:
    return b.study(pruner={"name": name, "options": options})


def steps(count: int) -> Json:
    return {"python": "train:objective", "fixed": {"epochs": count}}
