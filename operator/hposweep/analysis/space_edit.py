"""One edit of a search space, with its reason. Made by the rules of `next_space`, written by `cli.next`."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from hposweep.api.space import Choices, FloatRange, IntRange, Parameter

ParameterDomain = FloatRange | IntRange | Choices


class EditKind(StrEnum):
    """What happens to a parameter."""

    WIDEN = "widen"
    NARROW = "narrow"
    DROP = "drop"  # choices
    FREEZE = "freeze"
    KEEP = "keep"


@dataclass(frozen=True, slots=True)
class SpaceEdit:
    """One parameter. `after` is None for a frozen one, which has `value` in every trial.

    `confidence`: widen, drop and freeze, 1 - p of the test; narrow, the share of bootstrap samples whose elite is all
    inside.
    """

    parameter: str
    kind: EditKind
    before: ParameterDomain
    after: ParameterDomain | None
    reason: str
    trials: int
    confidence: float | None = None
    value: Any = None


def domain_of(parameter: Parameter) -> ParameterDomain:
    return parameter.float_ or parameter.int_ or parameter.categorical or Choices(())


def keep(parameter: Parameter, reason: str, trials: int) -> SpaceEdit:
    domain = domain_of(parameter)
    return SpaceEdit(parameter.name, EditKind.KEEP, domain, domain, reason, trials)
