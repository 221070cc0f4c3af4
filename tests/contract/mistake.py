"""One mistake that a person makes, and the words of the answer; `refused` and `refused_work` are tables of them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from tests.builders import changed, sweep

Json = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Refused:
    """What is wrong, the sweep with the mistake, the field that the sentence names, and what it says is allowed."""

    mistake: str
    sweep: Json
    field: str
    allowed: str


def one(mistake: str, path: str, value: Any, field: str, allowed: str) -> Refused:
    """The small valid sweep with one field set."""
    return Refused(mistake, changed(sweep(), path, value), field, allowed)


def tier(mistake: str, *criteria: Json, field: str, allowed: str) -> Refused:
    return Refused(mistake, sweep(success={"minimum": list(criteria)}), field, allowed)
