"""The status that is written when the whole one is too large or refused: small, and valid whatever the study contains.

Called by `apply.status`. It keeps all that must not be decided twice (ends, decisions, a stop rule, tiers) and the
numbers, and leaves out what users, samplers and errors put into it. `Healthy` says why.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from datetime import datetime

from hposweep.api import conditions as c
from hposweep.api.champions import ChampionsStatus
from hposweep.api.conditions import Condition
from hposweep.api.preflight import PreflightRunStatus
from hposweep.api.record import RecordStatus
from hposweep.api.status import HealthStatus, Status
from hposweep.model.findings import Severity
from hposweep.text import sentences, truncate

_TEXT_CHARACTERS = 200  # of each message; there are at most a hundred
_ENTRIES = 3  # of the history
_SENTENCE_CHARACTERS = 1000  # the server's own names field and limit
_ACTION = (
    "shorten or reduce what the message names (parameters, choices, names, errors); the study has all results, and "
    "`hposweep judge` prints them"
)


def minimal_status(status: Status, before: Status | None, sentence: str, now: datetime) -> Status:
    """Return the status without its details. `sentence`: the reason; `before`: the status as it stands."""
    message = truncate(sentence, _SENTENCE_CHARACTERS)
    healthy = _healthy(status, before, message, now.replace(microsecond=0))
    return replace(
        status,
        message=truncate(status.message, _TEXT_CHARACTERS),
        trials=replace(status.trials, failures={}),
        best=replace(status.best, params={}) if status.best is not None else None,
        champions=_champions(status),
        storage=(),
        preflight=(),
        preflight_run=_preflight_run(status),
        baseline=None,
        decisions=tuple(
            replace(entry, message=truncate(entry.message, _TEXT_CHARACTERS), evidence=None)
            for entry in status.decisions
        ),
        stop_when=replace(status.stop_when, message=truncate(status.stop_when.message, _TEXT_CHARACTERS))
        if status.stop_when is not None
        else None,
        success=tuple(replace(entry, criteria=()) for entry in status.success),
        history=_history(status.history, before),
        health=(HealthStatus(c.STATUS_REFUSED, Severity.ERROR.value, message, _ACTION),),
        conditions=tuple(
            healthy if entry.type == c.HEALTHY else replace(entry, message=truncate(entry.message, _TEXT_CHARACTERS))
            for entry in status.conditions
        ),
    )


def _champions(status: Status) -> ChampionsStatus | None:
    """Return the table without parameters and overrides."""
    if status.champions is None:
        return None
    rows = tuple(replace(row, params=None) for row in status.champions.champions)
    return replace(status.champions, champions=rows, overrides=None)


def _preflight_run(status: Status) -> PreflightRunStatus | None:
    """Return the last attempt with the checks counted whose rows are left out."""
    run = status.preflight_run
    if run is None or not status.preflight:
        return run
    omitted = Counter(run.omitted or {}) + Counter(row.outcome for row in status.preflight)
    return replace(run, omitted=dict(omitted))


def _history(history: RecordStatus | None, before: Status | None) -> RecordStatus | None:
    """Return the newest entries; those of the last minimal status, so that an equal one is not written again."""
    if before is not None and is_refused(before):
        return before.history
    if history is None:
        return None
    entries = (
        replace(entry, message=truncate(entry.message, _TEXT_CHARACTERS)) for entry in history.entries[-_ENTRIES:]
    )
    return replace(history, entries=tuple(entries))


def is_refused(status: Status | None) -> bool:
    """Return whether this is a minimal status."""
    healthy = status.condition(c.HEALTHY) if status is not None else None
    return healthy is not None and healthy.reason == c.STATUS_REFUSED


def _healthy(status: Status, before: Status | None, message: str, now: datetime) -> Condition:
    earlier = before.condition(c.HEALTHY) if before is not None else None
    since = earlier.last_transition_time if earlier is not None and earlier.status == c.FALSE else now
    return Condition(
        c.HEALTHY, c.FALSE, c.STATUS_REFUSED, sentences(message, _ACTION), status.observed_generation, since
    )
