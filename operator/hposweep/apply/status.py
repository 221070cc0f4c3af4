"""Write the status when it differs, then post its events and log the conditions that flipped. Called by `reconcile`.

When it is too large, or the API server refuses it, a minimal one is written, so that no sweep stays without its end or
a reason.
"""

from __future__ import annotations

import json
import logging
from datetime import datetime

from hposweep.api.conditions import UNKNOWN, Condition
from hposweep.api.status import Status
from hposweep.api.sweep import Sweep
from hposweep.api.wire import to_wire
from hposweep.apply.event_limiter import EventLimiter
from hposweep.cluster.protocol import Cluster, RefusedError
from hposweep.report.events import events
from hposweep.report.flips import flips
from hposweep.report.minimal import is_refused, minimal_status
from hposweep.telemetry.logs import fields

# The API server accepts 1.5 MiB of object. Every watcher gets each version of it, and so does its storage.
MAX_STATUS_BYTES = 256 * 1024
_KIB = 1024

_log = logging.getLogger(__name__)


async def apply_status(
    sweep: Sweep, status: Status, now: datetime, cluster: Cluster, limiter: EventLimiter | None = None
) -> Status | None:
    """Return the status that was written, None without a write.

    Events follow the write, so that none reports what no status shows. `limiter` withholds those that are too many.
    """
    if status == sweep.status:
        return None
    written = await _write(sweep, status, now, cluster)
    if written is None:
        return None
    for before, condition in flips(sweep.status, written):
        _log_flip(before, condition)
    all_events = events(sweep.status, written, now)
    for event in limiter.admitted(sweep, all_events) if limiter is not None else all_events:
        await cluster.post_event(sweep, event)
    return written


async def _write(sweep: Sweep, status: Status, now: datetime, cluster: Cluster) -> Status | None:
    """Return the status that was written, None when the sweep shows it already or the server refuses this one too."""
    sentence = _too_large(status)
    if not sentence:
        try:
            await cluster.write_status(sweep, status)
            return status
        except RefusedError as error:
            sentence = f"the API server refused the status: {error}"
    minimal = minimal_status(status, sweep.status, sentence, now)
    if minimal == sweep.status:
        return None
    if not is_refused(sweep.status):
        _log.warning("a minimal status of sweep `%s` is written: %s", sweep.name, sentence)
    try:
        await cluster.write_status(sweep, minimal)
    except RefusedError as error:
        _log.error("minimal status of sweep `%s` refused as well: %s", sweep.name, error)
        return None
    return minimal


def _too_large(status: Status) -> str:
    """Return a sentence about a status that is too large to be written; "" for another one."""
    size = len(json.dumps(to_wire(status), default=str))
    if size <= MAX_STATUS_BYTES:
        return ""
    return f"the status has {size / _KIB:,.0f} KiB (allowed: at most {MAX_STATUS_BYTES // _KIB} KiB)"


def _log_flip(before: Condition | None, condition: Condition) -> None:
    was = before.status if before is not None else UNKNOWN
    if before is not None and was == condition.status:
        change = f"{was} ({before.reason} -> {condition.reason})"
    else:
        change = f"{was} -> {condition.status} ({condition.reason})"
    _log.info(
        "condition %s %s: %s",
        condition.type,
        change,
        condition.message,
        extra=fields(condition=condition.type, status=condition.status, reason=condition.reason),
    )
