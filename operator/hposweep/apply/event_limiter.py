"""Limit the events of each sweep, as Kubernetes' own components limit theirs. Called by `apply.status`.

The history keeps what is withheld here. Equal events share one object with a count, which `cluster.kubernetes` does.
"""

from __future__ import annotations

import logging
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from hposweep.api.sweep import Sweep
from hposweep.model.event import Event
from hposweep.text import count, sentences

MAX_BURST = 25  # events of one sweep at once
SECONDS_PER_EVENT = 60.0  # after a burst
_log = logging.getLogger(__name__)


@dataclass(slots=True)
class _Bucket:
    """The number of events that a sweep may post now, as of a time, and of those withheld since the last one."""

    uid: str
    tokens: float
    time: datetime
    withheld: int = 0


class EventLimiter:
    """The limits of all sweeps of this process."""

    def __init__(self) -> None:
        self._buckets: dict[tuple[str, str], _Bucket] = {}

    def admitted(self, sweep: Sweep, events: Sequence[Event]) -> Iterator[Event]:
        """Yield the events that may be posted. The first after a gap says how many were withheld."""
        for event in events:
            bucket = self._bucket(sweep, event.time)
            if bucket.tokens < 1:
                bucket.withheld += 1
                _log.debug("event %s of sweep `%s` withheld: too many", event.reason, sweep.name)
                continue
            bucket.tokens -= 1
            yield _with_withheld(sweep, event, bucket.withheld)
            bucket.withheld = 0

    def forget(self, namespace: str, name: str) -> None:
        self._buckets.pop((namespace, name), None)

    def _bucket(self, sweep: Sweep, now: datetime) -> _Bucket:
        key = (sweep.namespace, sweep.name)
        bucket = self._buckets.get(key)
        if bucket is None or bucket.uid != sweep.uid:
            bucket = self._buckets[key] = _Bucket(sweep.uid, MAX_BURST, now)
        seconds = max(0.0, (now - bucket.time).total_seconds())
        bucket.tokens, bucket.time = min(MAX_BURST, bucket.tokens + seconds / SECONDS_PER_EVENT), now
        return bucket


def _with_withheld(sweep: Sweep, event: Event, withheld: int) -> Event:
    if not withheld:
        return event
    note = (
        f"{count(withheld, 'earlier event')} not posted, because there were too many: `hposweep history {sweep.name}`"
    )
    return replace(event, message=sentences(event.message, note))
