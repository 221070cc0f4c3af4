"""Word messages for a run without a cluster: its database, and remedies that its user has. Called by `cluster`.

The operator's messages name a Secret, a patch of the spec or a new sweep. A run continues with the same command.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace

from hposweep.api import conditions as c
from hposweep.api.spec import SecretKey
from hposweep.api.status import Status
from hposweep.judge.baseline_trial import BASELINE_ADVICE
from hposweep.judge.health.failing_immediately import REPLACE_WORKER
from hposweep.judge.health.slow_trials import READ_LOG
from hposweep.judge.preflight import RETRY_ADVICE
from hposweep.report.approval import GRANT
from hposweep.report.breaker import BREAKER_ACTION
from hposweep.report.health import ACTIONS

_AGAIN = "then run the same command again"
_REMEDIES = {
    BREAKER_ACTION: f"fix the cause, {_AGAIN}",
    ACTIONS[c.INVALID_SPEC]: f"correct the file, {_AGAIN}",
    ACTIONS[c.WORKERS_FAILED]: f"fix the error above, {_AGAIN}; the study keeps its trials",
    ACTIONS[c.TOO_MANY_FAILED_TRIALS]: (
        "fix the most frequent class in `status.trials.failures`, then start a new sweep with another --out"
    ),
    "is refused by the cluster: ": "cannot be used: ",
    READ_LOG: "read the log of its worker in `logs/`",
}
_REPLACE_WORKER = re.compile(re.escape(REPLACE_WORKER).replace(r"\{pod\}", r"[^`]*"))
_GRANT = re.compile(f"{re.escape(GRANT)}kubectl patch .*")
_GRANT_HERE = f'{GRANT}type y, or run the command with --approve "REASON"'
_RETRY_CHECKS = re.compile(
    "|".join(re.sub(r"\\{\w+\\}", r"[^`]*?", re.escape(advice)) for advice in (RETRY_ADVICE, BASELINE_ADVICE))
)
_RESTART = "press Ctrl-C and run the same command again, which replaces the worker"


def local_wording(message: str, secret: SecretKey, place: str) -> str:
    """Return the message in the words of a run; `place` is its database."""
    message = message.replace(f"the database of Secret `{secret.name}` (key `{secret.key}`)", f"the database {place}")
    for remedy, local_remedy in _REMEDIES.items():
        message = message.replace(remedy, local_remedy).replace(_capitalized(remedy), _capitalized(local_remedy))
    message = _RETRY_CHECKS.sub(f"Fix it, {_AGAIN}", message)
    return _GRANT.sub(_GRANT_HERE, _REPLACE_WORKER.sub(_RESTART, message))


def _capitalized(sentence: str) -> str:
    return f"{sentence[:1].upper()}{sentence[1:]}"


def with_wording(status: Status, localized: Callable[[str], str]) -> Status:
    """Word all messages of a status by the function."""
    conditions = (replace(entry, message=localized(entry.message)) for entry in status.conditions)
    health = (
        replace(entry, message=localized(entry.message), action=localized(entry.action)) for entry in status.health
    )
    storage = (replace(row, message=localized(row.message) if row.message else None) for row in status.storage)
    entries = status.history.entries if status.history is not None else ()
    words = tuple(replace(entry, message=localized(entry.message)) for entry in entries)
    return replace(
        status,
        message=localized(status.message),
        conditions=tuple(conditions),
        storage=tuple(storage),
        health=tuple(health),
        history=replace(status.history, entries=words) if status.history is not None else None,
    )
