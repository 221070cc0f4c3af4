"""The history of a study as it is stored: entries with the sweeps that they are about. Made by `database.records`."""

from __future__ import annotations

from dataclasses import dataclass

from hposweep.api.record import RecordEntry


@dataclass(frozen=True, slots=True)
class Record:
    """One entry. `sweep` is `namespace/name`, because several sweeps may have used the study one after the other."""

    sweep: str
    sweep_uid: str
    entry: RecordEntry


@dataclass(frozen=True, slots=True)
class RecordPage:
    """The entries, the oldest first. `unreadable`: rows with values that the operator does not write."""

    records: tuple[Record, ...] = ()
    unreadable: int = 0
    is_cut: bool = False  # there are more rows than are read
