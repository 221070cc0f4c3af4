"""The flight recorder in the status: the newest entries of a sweep's history, and what its next pass compares with.

Each entry is written together with the status that shows the change. Therefore a killed operator loses no entry and
repeats none. `apply.record` copies the entries into the database.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

KEPT_ENTRIES = 20  # in the status: what a person with access to the sweep alone can read
MAX_MESSAGE_CHARACTERS = 512
MAX_ACTOR_CHARACTERS = 253
MAX_VALUES = 64  # fields of the spec that are compared
MAX_VALUE_CHARACTERS = 80
MAX_NUMBERS = 8
MAX_IMAGES = 8


class RecordKind(StrEnum):
    """The kind of an entry."""

    CREATED = "Created"
    SPEC = "Spec"
    STOP = "Stop"
    APPROVAL = "Approval"
    ANSWER = "Answer"
    DECISION = "Decision"
    REAP = "Reap"
    RETRY = "Retry"
    IMAGE = "Image"
    GATE = "Gate"
    CONDITION = "Condition"
    END = "End"


@dataclass(frozen=True, slots=True)
class RecordEntry:
    """One entry. `number` counts the entries of the sweep from 1; `trials` are those that had finished by then."""

    number: int
    time: datetime
    kind: str
    actor: str
    message: str
    trials: int = 0
    numbers: Mapping[str, float] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class RecordStatus:
    """`status.history`. `count`: all entries so far. `spec`, `images`: as they were at the newest entry."""

    count: int = 0
    spec: Mapping[str, str] = field(default_factory=dict)
    images: tuple[str, ...] = ()
    entries: tuple[RecordEntry, ...] = ()
