"""Write the status when it differs, then post its events and log the conditions that flipped. Called by `reconcile`.

When the API server refuses it, a minimal one is written, so that no sweep stays without its end or a reason.
"""

from __future__ import annotations

import logging
from collections.abc import Iterator
from datetime import datetime

from hposweep.api.conditions import UNKNOWN, Condition
from hposweep.api.status import Status
from hposweep.api.sweep import Sweep
from hposweep.cluster.protocol import Cluster, RefusedError
from hposweep.report.events import events
from hposweep.report.minimal import is_refused, minimal_status
from hposweep.telemetry.logs import fields

_log = logging.getLogger(__name__)


async def apply_status(sweep: Sweep, status: Status, now: datetime, cluster: Cluster) -> bool:
    """Return whether anything was written. Events follow the write, so that none reports what no status shows."""
    if status == sweep.status:
        return False
    written = await _write(sweep, status, now, cluster)
    if written is None:
        return False
    for before, condition in _flips(sweep.status, written):
        _log_flip(before, condition)
    for event in events(sweep.status, written, now):
        await cluster.post_event(sweep, event)
    return True


async def _write(sweep: Sweep, status: Status, now: datetime, cluster: Cluster) -> Status | None:
    """Return the status that was written, None when the sweep shows it already or the server refuses this one too."""
    try:
        await cluster.write_status(sweep, status)
        return status
    except RefusedError as error:
        minimal, sentence = minimal_status(status, sweep.status, str(error), now), str(error)
    if minimal == sweep.status:
        return None
    if not is_refused(sweep.status):
        _log.warning("status of sweep `%s` refused, so a minimal one is written: %s", sweep.name, sentence)
    try:
        await cluster.write_status(sweep, minimal)
    except RefusedError as error:
        _log.error("minimal status of sweep `%s` refused as well: %s", sweep.name, error)
        return None
    return minimal


def _flips(before: Status | None, after: Status) -> Iterator[tuple[Condition | None, Condition]]:
    """Pair each condition whose status or reason changed with the earlier one. An absent one counts as Unknown."""
    conditions = {condition.type: condition for condition in before.conditions} if before is not None else {}
    for condition in after.conditions:
        earlier = conditions.get(condition.type)
        if earlier is None and condition.status != UNKNOWN:
            yield None, condition
        elif earlier is not None and (earlier.status, earlier.reason) != (condition.status, condition.reason):
            yield earlier, condition


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
