"""All trials of a study, for judging. Called by `study`, once per pass, of which most find nothing new.

A finished trial never changes, so it is read once: a study of 10,000 trials costs a second at the first look and next
to nothing at the others.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from hposweep.database import trials_sql as sql
from hposweep.database.trial_rows import read_trial
from hposweep.model.history import RUNNING, WAITING, History, Trial, build_trial
from hposweep.model.trials import Counts

Rows = Callable[[str, Mapping[str, Any]], Sequence[tuple[Any, ...]]]


@dataclass(slots=True)
class _CachedHistory:
    """What was read of one study so far."""

    counts: Counts | None = None
    ended: list[Trial] = field(default_factory=list)  # complete, pruned and failed ones
    below: int = 0  # all trials with a smaller number have ended
    beyond: set[int] = field(default_factory=set)  # numbers that ended before an older one did: few
    open: dict[int, str] = field(default_factory=dict)  # the state of those that run or wait, by number
    history: History = field(default_factory=lambda: History(()))


class HistoryReader:
    """Of the studies of one database; keeps what it has read of each until it is told to forget."""

    def __init__(self, rows: Rows) -> None:
        self._rows = rows
        self._known: dict[int, _CachedHistory] = {}

    def read(self, study_id: int, counts: Counts) -> History:
        """The same object as before when nothing has changed, so that whoever judged it need not judge it again.

        `counts` are those of now: as long as they stay, no trial has begun or ended.
        """
        known = self._known.setdefault(study_id, _CachedHistory())
        if known.counts != counts:
            self._read_on(study_id, known)
            known.counts = counts
        return known.history

    def forget(self, study_id: int) -> None:
        self._known.pop(study_id, None)

    def _read_on(self, study_id: int, known: _CachedHistory) -> None:
        parameters = {"study_id": study_id, "below": known.below, "known": sorted(known.beyond)}
        rows = self._rows(sql.UNREAD_TRIALS, parameters)
        trials = [build_trial(**read_trial(row)._asdict()) for row in rows]
        ended = [trial for trial in trials if trial.state not in (RUNNING, WAITING)]
        still_open = [trial for trial in trials if trial.state in (RUNNING, WAITING)]
        states = {trial.number: trial.state for trial in still_open}
        if not ended and states == known.open:
            return
        known.open = states
        known.ended += ended
        known.beyond |= {trial.number for trial in ended}
        while known.below in known.beyond:
            known.beyond.remove(known.below)
            known.below += 1
        known.history = History((*known.ended, *still_open))
