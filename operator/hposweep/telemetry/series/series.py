"""One metric of a sweep with the function that computes its rows. The modules of this package make them."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime

from hposweep.api.status import Status
from hposweep.api.sweep import Sweep
from hposweep.telemetry.definition import GAUGE, Definition
from hposweep.telemetry.facts import Durations, Facts

OTHER = "Other"  # a word that is not of a closed set: of a newer operator, or written by hand


@dataclass(frozen=True, slots=True)
class Snapshot:
    """One sweep at the moment of a scrape. `database` is the id of its database, "" as long as it is unknown."""

    sweep: Sweep
    status: Status
    facts: Facts
    now: datetime
    database: str = ""
    labels: Mapping[str, str] = field(default_factory=dict)  # the allow-listed ones, by name of their label


# The values of the labels in the order of the definition, and the number.
Row = tuple[tuple[str, ...], float | Durations]
Rows = Iterable[Row]


@dataclass(frozen=True, slots=True)
class Series:
    """A definition, and the rows that one sweep has of it. `is_timed`: they change without a pass, as time goes on."""

    definition: Definition
    rows: Callable[[Snapshot], Rows]
    is_timed: bool = False


def gauge(
    name: str, meaning: str, rows: Callable[[Snapshot], Rows], *, is_timed: bool = False, **labels: str
) -> Series:
    """Return a gauge. Keywords are labels with the values that they have; `class_` is the label `class`."""
    names = {label.removesuffix("_"): values for label, values in labels.items()}
    return Series(Definition(name, GAUGE, meaning, names), rows, is_timed)


def number(value: float | None, *labels: str) -> Rows:
    """Return the one row of a number, or none when there is no number."""
    return () if value is None else ((labels, value),)


def timestamp(moment: datetime | None, *labels: str) -> Rows:
    """Return the one row of a time, or none when it is unknown."""
    return number(None if moment is None else moment.timestamp(), *labels)


def flags(value: str, words: Iterable[str], *labels: str) -> Rows:
    """Return one row for each word, 1 for the one that holds, as kube-state-metrics does."""
    return tuple(((*labels, word.lower()), float(word == value)) for word in words)
