"""Word the history of a sweep for people and for programs. Pure; called by `command`."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from datetime import UTC
from itertools import pairwise
from typing import Any

from hposweep.api.record import RecordStatus
from hposweep.api.wire import to_wire
from hposweep.model.record import Record, RecordPage
from hposweep.text import count, number, truncate

_ROW = "{:<19}  {:<9}  {:<26}  {:>6}  {}"
_ACTOR_CHARACTERS = 26
_PLACE = "database of the study; set HPOSWEEP_STORAGE_URL to read them"


def merged(stored: RecordPage, newest: Sequence[Record]) -> RecordPage:
    """Return the stored entries with those of the status, which are the operator's own words, in order."""
    by_number = {(record.sweep_uid, record.entry.number): record for record in (*stored.records, *newest)}
    records = sorted(by_number.values(), key=lambda record: (record.entry.time, record.sweep_uid, record.entry.number))
    return RecordPage(tuple(records), stored.unreadable, stored.is_cut)


def as_json(page: RecordPage) -> str:
    """Return one JSON object a line, the oldest entry first."""
    return "".join(f"{json.dumps(_document(record))}\n" for record in page.records)


def as_text(page: RecordPage, recent: RecordStatus | None = None) -> str:
    """Return a table. `recent`: the history of the status, when only its newest entries were read."""
    if not page.records and not page.unreadable:
        return "no entry yet\n"
    lines = [_ROW.format("TIME (UTC)", "KIND", "ACTOR", "TRIALS", "WHAT")]
    if recent is not None and recent.count > len(page.records):
        lines.append(f"({count(recent.count - len(page.records), 'earlier entry', 'earlier entries')}: {_PLACE})")
    if page.is_cut:
        lines.append("(earlier entries: more than are shown)")
    lines += _lines(page.records)
    if page.unreadable:
        lines.append(f"({count(page.unreadable, 'row')} left out: written by another program)")
    return "".join(f"{line}\n" for line in lines)


def _lines(records: Sequence[Record]) -> Iterator[str]:
    missing = _missing(records)
    has_several = len({record.sweep_uid for record in records}) > 1
    for record in records:
        entry = record.entry
        gap = missing.get((record.sweep_uid, entry.number), 0)
        if gap:
            yield f"({count(gap, 'entry', 'entries')} missing: the database did not take them)"
        sweep = f"{record.sweep}: " if has_several else ""
        values = " ".join(f"{name}={number(value)}" for name, value in sorted(entry.numbers.items()))
        message = f"{sweep}{entry.message}{f' [{values}]' if values else ''}"
        time = f"{entry.time.astimezone(UTC):%Y-%m-%d %H:%M:%S}"
        actor = truncate(entry.actor, _ACTOR_CHARACTERS)
        yield _printable(_ROW.format(time, entry.kind, actor, entry.trials, message))


def _missing(records: Sequence[Record]) -> dict[tuple[str, int], int]:
    """Return how many numbers are missing before an entry, by sweep and number. The oldest may have been removed."""
    keys = sorted({(record.sweep_uid, record.entry.number) for record in records})
    gaps = ((later, later[1] - earlier[1] - 1) for earlier, later in pairwise(keys) if earlier[0] == later[0])
    return {key: gap for key, gap in gaps if gap}


def _document(record: Record) -> dict[str, Any]:
    return {"sweep": record.sweep, "uid": record.sweep_uid, **to_wire(record.entry)}


def _printable(text: str) -> str:
    """Return the text without control characters, which another program may have put into the table."""
    return "".join(character if character.isprintable() else " " for character in text)
