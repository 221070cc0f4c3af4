"""The conditions whose status or reason changed in one pass. Called by `apply.status` for logs, and by `record`."""

from __future__ import annotations

from collections.abc import Iterator

from hposweep.api.conditions import UNKNOWN, Condition
from hposweep.api.status import Status


def flips(before: Status | None, after: Status) -> Iterator[tuple[Condition | None, Condition]]:
    """Pair each condition whose status or reason changed with the earlier one. An absent one counts as Unknown."""
    conditions = {condition.type: condition for condition in before.conditions} if before is not None else {}
    for condition in after.conditions:
        earlier = conditions.get(condition.type)
        if earlier is None and condition.status != UNKNOWN:
            yield None, condition
        elif earlier is not None and (earlier.status, earlier.reason) != (condition.status, condition.reason):
            yield earlier, condition
