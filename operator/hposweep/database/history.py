"""Read all trials of a study, for judging. Called by `study` once per pass; most passes bring no new trials.

A finished trial never changes, so it is read once: a study of 10,000 trials costs a second in the first pass and
milliseconds in the others. When a study has lost trials, all are read again.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from hposweep.database import trials_sql as sql
from hposweep.database.trial_rows import TrialRow, read_trial
from hposweep.model.history import RUNNING, WAITING, History, Trial, UnreadableRow, build_trial
from hposweep.model.trials import Counts
from hposweep.text import truncate

MAX_UNREADABLE = 1000  # kept of a study: a finding names three
_NAME_CHARACTERS = 100  # shown of a name, which another program may have chosen
_PARAMETERS = 2  # column of the rows
Rows = Callable[[str, Mapping[str, Any]], Sequence[tuple[Any, ...]]]


@dataclass(slots=True)
class _CachedHistory:
    """The trials of one study that were read so far."""

    counts: Counts | None = None
    ended: list[Trial] = field(default_factory=list)  # complete, pruned and failed ones
    below: int = 0  # all trials with a smaller number have ended
    beyond: set[int] = field(default_factory=set)  # numbers that ended before a smaller one did: few
    open: dict[int, str] = field(default_factory=dict)  # the state of those that run or wait, by number
    history: History = field(default_factory=lambda: History(()))
    unreadable: dict[UnreadableRow, None] = field(default_factory=dict)


class HistoryReader:
    """Reads the studies of one database and caches each until `forget`."""

    def __init__(self, rows: Rows) -> None:
        self._rows = rows
        self._cache: dict[int, _CachedHistory] = {}

    def read(self, study_id: int, counts: Counts) -> History:
        """Return the same object as before when nothing has changed, so that no rule judges it again.

        `counts` are the current ones: as long as they stay equal, no trial has begun or ended.
        """
        cached = self._cache.setdefault(study_id, _CachedHistory())
        if cached.counts is not None and cached.counts.is_beyond(counts):
            cached = self._cache[study_id] = _CachedHistory()
        if cached.counts != counts:
            self._update(study_id, cached)
            cached.counts = counts
        return cached.history

    def forget(self, study_id: int) -> None:
        self._cache.pop(study_id, None)

    def clear(self) -> None:
        """Read all trials again, because the database is in another state."""
        self._cache.clear()

    def _update(self, study_id: int, cached: _CachedHistory) -> None:
        parameters = {"study_id": study_id, "below": cached.below, "finished": sorted(cached.beyond)}
        rows = self._rows(sql.UNREAD_TRIALS, parameters)
        trial_rows = [read_trial(row) for row in rows]
        trials = [build_trial(**row._asdict()) for row in trial_rows]
        cached.unreadable |= dict.fromkeys(_unreadable(rows, trial_rows))
        too_large = self._rows(sql.TOO_LARGE, {"study_id": study_id, "below": cached.below})
        cached.unreadable |= dict.fromkeys(UnreadableRow(number, what) for number, what in too_large)
        ended = [trial for trial in trials if trial.state not in (RUNNING, WAITING)]
        unfinished = [trial for trial in trials if trial.state in (RUNNING, WAITING)]
        states = {trial.number: trial.state for trial in unfinished}
        if not ended and states == cached.open:
            return
        cached.open = states
        cached.ended += ended
        cached.beyond |= {trial.number for trial in ended}
        while cached.below in cached.beyond:
            cached.beyond.remove(cached.below)
            cached.below += 1
        cached.history = History((*cached.ended, *unfinished), tuple(cached.unreadable)[:MAX_UNREADABLE])


def _unreadable(rows: Sequence[tuple[Any, ...]], trials: Sequence[TrialRow]) -> Iterator[UnreadableRow]:
    """Yield the parameters that a row has and its trial lacks."""
    for row, trial in zip(rows, trials, strict=True):
        for name, *_ in row[_PARAMETERS] or ():
            if name not in trial.params:
                yield UnreadableRow(trial.number, f"parameter `{truncate(name, _NAME_CHARACTERS)}`")
