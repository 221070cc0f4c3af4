"""Write the status when it differs, then post its events and log the conditions that flipped. Called by `reconcile`."""

from __future__ import annotations

import logging
from collections.abc import Iterable, Iterator

from hposweep.api.conditions import UNKNOWN, Condition
from hposweep.api.status import Status
from hposweep.api.sweep import Sweep
from hposweep.cluster.protocol import Cluster
from hposweep.model.event import Event
from hposweep.telemetry.logs import fields

_log = logging.getLogger(__name__)


async def apply_status(sweep: Sweep, status: Status, events: Iterable[Event], cluster: Cluster) -> bool:
    """Return whether anything was written. Events follow the write, so that none reports what no status shows."""
    if status == sweep.status:
        return False
    await cluster.write_status(sweep, status)
    for before, condition in _flips(sweep.status, status):
        _log_flip(before, condition)
    for event in events:
        await cluster.post_event(sweep, event)
    return True


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
