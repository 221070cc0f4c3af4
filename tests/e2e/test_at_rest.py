"""A sweep whose trials take long costs the API server nothing but reads."""

from __future__ import annotations

import time
from collections import Counter

import pytest

from tests.e2e.audit import AuditLog
from tests.e2e.figures import Figures
from tests.e2e.installation import NAMESPACE, USER
from tests.e2e.place import Place

WINDOW_SECONDS = 60
SETTLE_SECONDS = 5
WRITTEN_ENTRIES = "select n_tup_ins, n_tup_del from pg_stat_user_tables where schemaname = 'hposweep'"


def test_nothing_is_written_while_nothing_changes(place: Place, audit_log: AuditLog | None, figures: Figures) -> None:
    if audit_log is None:
        pytest.skip("AUDIT_LOG is not set: only our own cluster shows its audit log")
    place.apply(place.sweep("quiet", seconds=600))
    place.until_condition("quiet", "WorkersReady")
    place.until_trials("quiet", RUNNING=2)
    time.sleep(SETTLE_SECONDS)  # the last news are on their way into the status
    assert any(entry.is_write for entry in audit_log.requests(USER) if entry.namespace == place.name), (
        "the log is blind"
    )
    version = place.sweeps.read("quiet")["metadata"]["resourceVersion"]

    written = place.database.rows(WRITTEN_ENTRIES)
    assert any(inserted for inserted, _ in written), "the history has no entry"
    window = AuditLog.from_now_on()
    time.sleep(WINDOW_SECONDS)  # the promise is about this time, so it has to pass
    # Sweeps of other people in the same cluster may move; ours, and what belongs to no sweep, must not.
    requests = [entry for entry in window.requests(USER) if entry.namespace in ("", NAMESPACE, place.name)]
    reads = Counter(f"{entry.verb} {entry.resource}" for entry in requests if not entry.is_write)
    writes = [f"{entry.verb} {entry.resource} {entry.name}" for entry in requests if entry.is_write]
    figures.tell(f"{WINDOW_SECONDS} s of a running sweep: {len(writes)} writes, {reads.total()} reads {dict(reads)}")
    assert writes == []
    assert place.sweeps.read("quiet")["metadata"]["resourceVersion"] == version
    assert place.database.rows(WRITTEN_ENTRIES) == written
    assert place.status("quiet")["trials"]["running"] == 2
