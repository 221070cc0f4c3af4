"""The error of a database that cannot be used, and the reason of an error that libpq only words."""

from __future__ import annotations

from hposweep.api import conditions

# Codes tell the reason in every language; these are their beginnings.
_CODES = (
    (conditions.AUTHENTICATION_FAILED, ("28",)),
    (conditions.TOO_FEW_CONNECTIONS, ("53300",)),
    (conditions.INSUFFICIENT_RIGHTS, ("42501",)),
)
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
    """The database cannot be used. `reason` is a reason of the condition StorageReady.

    `is_loss`: the connection failed, whatever was asked.
    """

    def __init__(self, reason: str, message: str, *, is_loss: bool = False) -> None:
        super().__init__(message)
        self.reason, self.message, self.is_loss = reason, message, is_loss


def reason_of(sentence: str, code: str | None = None) -> str:
    """Return the reason for the answer of a server that ended the connection or refused it: by its code if it has one.

    Words of an error with a code may be a user's own.
    """
    if code is not None:
        by_code = (reason for reason, codes in _CODES if code.startswith(codes))
        return next(by_code, conditions.CONNECTION_FAILED)
    if "role" in sentence and "not exist" in sentence:
        return conditions.AUTHENTICATION_FAILED
    matching = (reason for reason, words in _WORDS if any(word in sentence for word in words))
    return next(matching, conditions.CONNECTION_FAILED)
