"""The program that last changed each part of a spec, by the `managedFields` of the API server. Read by `report`."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

UNKNOWN_ACTOR = "unknown"
_EARLIEST = datetime.min.replace(tzinfo=UTC)
_STATUS = "status"  # the subresource that belongs to the operator
_FIELD = "f:"  # prefix of a key of `fieldsV1`


@dataclass(frozen=True, slots=True)
class FieldManager:
    """A program that has written fields of the spec. `fields`: top-level names in `spec`."""

    name: str
    fields: frozenset[str] = frozenset()
    time: datetime = _EARLIEST


def managers(metadata: Mapping[str, Any]) -> tuple[FieldManager, ...]:
    """Return the managers of the spec. An entry that cannot be read is left out."""
    entries = metadata.get("managedFields")
    return tuple(_managers(entries)) if isinstance(entries, list) else ()


def actor(all_managers: Sequence[FieldManager], fields: Collection[str]) -> str:
    """Return the managers that wrote one of the fields last; the latest of the spec when none of them owns one.

    Times have whole seconds, so that two managers may be equally late.
    """
    owners = [manager for manager in all_managers if not manager.fields.isdisjoint(fields)] or list(all_managers)
    latest = max((manager.time for manager in owners), default=_EARLIEST)
    names = dict.fromkeys(manager.name for manager in owners if manager.time == latest)
    return ", ".join(names) or UNKNOWN_ACTOR


def _managers(entries: Sequence[Any]) -> Iterator[FieldManager]:
    for entry in entries:
        if not isinstance(entry, Mapping) or entry.get("subresource") == _STATUS:
            continue
        owned = entry.get("fieldsV1")
        spec = owned.get(f"{_FIELD}spec") if isinstance(owned, Mapping) else None
        if isinstance(spec, Mapping):
            fields = frozenset(str(key).removeprefix(_FIELD) for key in spec)
            yield FieldManager(str(entry.get("manager") or UNKNOWN_ACTOR), fields, _time(entry.get("time")))


def _time(text: Any) -> datetime:
    try:
        moment = datetime.fromisoformat(text)
    except (TypeError, ValueError):
        return _EARLIEST
    return moment if moment.tzinfo is not None else moment.replace(tzinfo=UTC)
