"""The error of a database that cannot be used, and the reason of an error that libpq only words."""

from __future__ import annotations

from hposweep.api import conditions

# libpq has no code for the answer to a failed connection, so its words tell the reason. Others are the network's.
_WORDS = (
    (conditions.AUTHENTICATION_FAILED, ("authentication failed", "no pg_hba.conf entry", "no password supplied")),
    (
        conditions.TLS_FAILED,
        ("does not support SSL", "certificate verify failed", "SSL error", "server certificate", "root certificate"),
    ),
    (
        conditions.TOO_FEW_CONNECTIONS,
        ("too many clients", "too many connections", "remaining connection slots are reserved"),
    ),
)


class StorageError(Exception):
    """The database cannot be used. `reason` is a reason of the condition StorageReady."""

    def __init__(self, reason: str, message: str) -> None:
        super().__init__(message)
        self.reason, self.message = reason, message


def reason_of(sentence: str) -> str:
    """Return the reason for the answer of a server that ended the connection or refused it."""
    if "role" in sentence and "not exist" in sentence:
        return conditions.AUTHENTICATION_FAILED
    matching = (reason for reason, words in _WORDS if any(word in sentence for word in words))
    return next(matching, conditions.CONNECTION_FAILED)
