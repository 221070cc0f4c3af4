"""Identity of a sweep, and the times of its start and end."""

from __future__ import annotations

from hposweep.telemetry.series.series import OTHER, Rows, Series, Snapshot, gauge, timestamp

# The words of `status.state`; tests hold them against the CRD.
STATES = (
    *("Pending", "Checking", "Baseline", "AwaitingApproval", "Running", "Suspended", "Draining"),
    *("Analyzing", "Champions", "Complete", "Stopped", "Failed"),
)


def state_word(word: str) -> str:
    """Return the state of a sweep as a label has it."""
    return word if word in STATES else OTHER


def _info(snapshot: Snapshot) -> Rows:
    status = snapshot.status
    identity = (snapshot.sweep.uid, status.study.name, state_word(status.state), snapshot.database)
    words = (*identity, snapshot.sweep.spec.owner)
    return (((*words, *snapshot.labels.values()), 1.0),)


INFO = gauge(
    "hposweep_info",
    "1 for each sweep. Join other series with it on `namespace` and `hposweep`.",
    _info,
    uid="of the sweep",
    study="name of the study",
    state=f"`status.state`: {', '.join(STATES)}",
    database="id of its database, as in the operator's metrics",
    owner="`spec.owner`",
)
SERIES: tuple[Series, ...] = (
    INFO,
    gauge(
        "hposweep_start_timestamp_seconds",
        "When the sweep was first accepted.",
        lambda snapshot: timestamp(snapshot.status.start_time),
    ),
    gauge(
        "hposweep_completion_timestamp_seconds",
        "When the sweep ended.",
        lambda snapshot: timestamp(snapshot.status.completion_time),
    ),
)
