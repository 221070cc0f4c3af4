"""The finding that the history of a sweep is not in its database. Called by `health`."""

from __future__ import annotations

from collections.abc import Iterator

from hposweep.api.record import KEPT_ENTRIES
from hposweep.api.sweep import Sweep
from hposweep.model.findings import HealthFinding, Severity
from hposweep.model.observation import Observation

HISTORY_NOT_RECORDED = "HistoryNotRecorded"  # a finding of severity Info, so that it is no reason of `Healthy`
_ACTION = (
    "grant the login of the database CREATE on the database, or create table `hposweep.records` for it; the sweep "
    "itself is not affected"
)


def history_fault(sweep: Sweep, observation: Observation) -> Iterator[HealthFinding]:
    """Yield the finding. A process that has not written yet keeps the earlier one, so that a restart changes nothing.

    A database that cannot be read has a finding of its own.
    """
    if observation.record_fault is None:
        rows = sweep.status.health if sweep.status is not None else ()
        for row in rows:
            if row.reason == HISTORY_NOT_RECORDED:
                yield HealthFinding(row.reason, Severity.INFO, row.message, row.action)
    elif observation.record_fault and observation.storage.is_reachable:
        message = (
            f"the history cannot be written to the database: {observation.record_fault}. `status.history` keeps the "
            f"newest {KEPT_ENTRIES} entries"
        )
        yield HealthFinding(HISTORY_NOT_RECORDED, Severity.INFO, message, _ACTION)
