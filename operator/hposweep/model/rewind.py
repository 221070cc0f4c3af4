"""The loss of trials by a study that was restored to an earlier state. Made by `judge.rewind`."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True)
class Rewind:
    """The ended trials that the status had counted, those that the study had left, and when that was noticed.

    `finished`: the ended trials of the status that count against the budget; None when it is not known.
    """

    before: int
    after: int
    time: datetime
    finished: int | None = None
