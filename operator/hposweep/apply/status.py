"""What people read: the status when it differs, then the events that belong to the difference."""

from __future__ import annotations

from collections.abc import Iterable

from hposweep.api.status import Status
from hposweep.api.sweep import Sweep
from hposweep.cluster.protocol import Cluster
from hposweep.model.event import Event


async def apply_status(sweep: Sweep, status: Status, events: Iterable[Event], cluster: Cluster) -> bool:
    """Whether anything was written. Events follow the write, so that none tells what the status does not show."""
    if status == sweep.status:
        return False
    await cluster.write_status(sweep, status)
    for event in events:
        await cluster.post_event(sweep, event)
    return True
