"""Read all trials of a study, for judging. Called by `study` once per pass; most passes bring no new trials.

A finished trial never changes, so it is read once: a study of 10,000 trials costs a second in the first pass and
milliseconds in the others. Trials are read in pages, and a study that would fill the operator's memory is refused. When
a study has lost trials, all are read again.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from hposweep.api import conditions
from hposweep.database import trials_sql as sql
from hposweep.database.errors import StorageError
from hposweep.database.trial_rows import TrialRow, held_bytes, read_trial
from hposweep.model.history import RUNNING, WAITING, History, Trial, UnreadableRow, build_trial
from hposweep.model.trials import Counts
from hposweep.text import truncate

MAX_UNREADABLE = 1000  # kept of a study: a finding names three
ALL_OF_A_TRIAL = "parameters and attributes"
_NAME_CHARACTERS = 100  # shown of a name, which another program may have chosen
# Of all trials of a study, by `held_bytes`. 100,000 with ten parameters take 190 MB; the operator's pod has 512 MiB.
MAX_STUDY_BYTES = 256_000_000
_MEGABYTE = 1_000_000
_DEFINITION_FACTOR, _DEFINITION_BYTES = 4, 100  # objects for each byte of a definition's JSON, and for each definition
_NUMBER, _STATE, _PARAMETERS, _IS_CUT, _PAGE_TRIALS = 0, 1, 2, 8, 9  # columns of the rows
Rows = Callable[[str, Mapping[str, Any]], Sequence[tuple[Any, ...]]]


@dataclass(slots=True)
class _CachedHistory:
    """The trials of one study that were read so far."""

    counts: Counts | None = None
    ended: list[Trial] = field(default_factory=list)  # complete, pruned and failed ones
    bytes: int = 0  # that those take, and the definitions
    definitions: set[int] = field(default_factory=set)  # hashes of their texts, each of which is in memory once
    refused_total: int | None = None  # trials that the study had when it was too large
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
        if cached.refused_total is not None and counts.total >= cached.refused_total:
            raise _too_large(counts.total)  # without reading it again
        if cached.counts != counts:
            try:
                self._update(study_id, cached)
            except StorageError as error:
                if error.reason == conditions.STUDY_UNREADABLE:
                    self._cache[study_id] = _CachedHistory(refused_total=counts.total)
                raise
            cached.counts, cached.refused_total = counts, None
        return cached.history

    def forget(self, study_id: int) -> None:
        self._cache.pop(study_id, None)

    def clear(self) -> None:
        """Read all trials again, because the database is in another state."""
        self._cache.clear()

    def _update(self, study_id: int, cached: _CachedHistory) -> None:
        trials, ended_bytes = self._read_pages(study_id, cached)
        ended = [trial for trial in trials if trial.state not in (RUNNING, WAITING)]
        unfinished = [trial for trial in trials if trial.state in (RUNNING, WAITING)]
        states = {trial.number: trial.state for trial in unfinished}
        if not ended and states == cached.open:
            return
        cached.open = states
        cached.ended += ended
        cached.bytes += ended_bytes
        cached.beyond |= {trial.number for trial in ended}
        while cached.below in cached.beyond:
            cached.beyond.remove(cached.below)
            cached.below += 1
        cached.history = History((*cached.ended, *unfinished), tuple(cached.unreadable)[:MAX_UNREADABLE])

    def _read_pages(self, study_id: int, cached: _CachedHistory) -> tuple[list[Trial], int]:
        """Return all trials that were not read after they had ended, and the memory that the ended ones take."""
        trials: list[Trial] = []
        all_bytes = ended_bytes = 0
        parameters = {"study_id": study_id, "below": cached.below, "finished": sorted(cached.beyond)}
        while True:
            rows = self._rows(sql.UNREAD_TRIALS, parameters)
            all_bytes += sum(map(held_bytes, rows))
            cached.bytes += _definition_bytes(rows, cached.definitions)
            if cached.bytes + all_bytes > MAX_STUDY_BYTES:
                raise _too_large(len(cached.ended) + len(trials) + len(rows))
            ended_bytes += sum(held_bytes(row) for row in rows if row[_STATE] not in (RUNNING, WAITING))
            page = [read_trial(row) for row in rows]
            self._note_unreadable(study_id, cached, rows, page)
            trials += [build_trial(**row._asdict()) for row in page]
            if not rows or len(rows) == rows[-1][_PAGE_TRIALS] < sql.PAGE_TRIALS:
                return trials, ended_bytes
            parameters["below"] = rows[-1][_NUMBER] + 1

    def _note_unreadable(
        self, study_id: int, cached: _CachedHistory, rows: Sequence[tuple[Any, ...]], page: Sequence[TrialRow]
    ) -> None:
        cached.unreadable |= dict.fromkeys(_unreadable(rows, page))
        cut = [row[_NUMBER] for row in rows if row[_IS_CUT]]
        if cut:
            too_large = self._rows(sql.TOO_LARGE, {"study_id": study_id, "numbers": cut})
            cached.unreadable |= dict.fromkeys(UnreadableRow(number, what) for number, what in too_large)
            large_numbers = {number for number, _ in too_large}
            cut_numbers = (number for number in cut if number not in large_numbers)
            cached.unreadable |= dict.fromkeys(UnreadableRow(number, ALL_OF_A_TRIAL) for number in cut_numbers)
        for row in list(cached.unreadable)[MAX_UNREADABLE:]:
            del cached.unreadable[row]


def _definition_bytes(rows: Sequence[tuple[Any, ...]], earlier: set[int]) -> int:
    """Estimate the memory of the definitions that no earlier row has, and note them; trials share equal ones."""
    size = 0
    for row in rows:
        for _, _, text in row[_PARAMETERS] or ():
            if hash(text) not in earlier:
                earlier.add(hash(text))
                size += _DEFINITION_FACTOR * len(text) + _DEFINITION_BYTES
    return size


def _unreadable(rows: Sequence[tuple[Any, ...]], trials: Sequence[TrialRow]) -> Iterator[UnreadableRow]:
    """Yield the parameters that a row has and its trial lacks."""
    for row, trial in zip(rows, trials, strict=True):
        for name, *_ in row[_PARAMETERS] or ():
            if name not in trial.params:
                yield UnreadableRow(trial.number, f"parameter `{truncate(name, _NAME_CHARACTERS)}`")


def _too_large(trials: int) -> StorageError:
    message = (
        f"{trials:,} trials of the study take more than {MAX_STUDY_BYTES // _MEGABYTE} MB (parameters with their "
        "definitions, values, and attributes with the prefix `hposweep:`), which is more than the operator judges. "
        "Create another sweep with another `spec.study.name`"
    )
    return StorageError(conditions.STUDY_UNREADABLE, message)
