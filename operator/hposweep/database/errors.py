"""The error of a database that cannot be used, and the only translation of a database's errors into reasons.

Called by `connection` for the operator's own statements, and by `optuna_storage` and `study` for those of Optuna.
"""

from __future__ import annotations

import re

import psycopg2

from hposweep.api import conditions
from hposweep.database.dsn import Dsn
from hposweep.database.tls_advice import advice
from hposweep.text import first_line, printable, truncate

MAX_ERROR_CHARACTERS = 400  # of a database's error message in a condition
NOT_TEXT = (
    "the database's answer is not text in UTF-8. Set `lc_messages` of the server to `C`, and look for the error in the "
    "server's own log"
)
# The reason of an SQLSTATE, or of its class of two characters.
_REASONS = {
    "28": conditions.AUTHENTICATION_FAILED,
    "42501": conditions.INSUFFICIENT_RIGHTS,
    "53300": conditions.TOO_FEW_CONNECTIONS,
}
_AUTHENTICATION = (
    "authentication failed",
    "authentication method requirement",
    "no pg_hba.conf entry",
    "no password supplied",
)
# libpq has no code for the answer to a failed connection, so its words tell the reason. Others are the network's.
_WORDS = (
    (conditions.AUTHENTICATION_FAILED, _AUTHENTICATION),
    (
        conditions.TLS_FAILED,
        ("does not support SSL", "certificate verify failed", "SSL error", "server certificate", "root certificate"),
    ),
    (
        conditions.TOO_FEW_CONNECTIONS,
        ("too many clients", "too many connections", "remaining connection slots are reserved"),
    ),
    (conditions.INSUFFICIENT_RIGHTS, ("permission denied for database",)),
)
_DENIED = re.compile(r'permission denied for (schema|table|relation|view|sequence|database) "?([^"\s]+)"?')
_TABLE = "SELECT, INSERT, UPDATE, DELETE ON TABLE"
_PRIVILEGES = {
    "schema": "USAGE, CREATE ON SCHEMA",
    "table": _TABLE,
    "relation": _TABLE,
    "view": _TABLE,
    "sequence": "USAGE ON SEQUENCE",
}
_PLAIN_NAME = re.compile(r"[a-z_][a-z0-9_]*")


class StorageError(Exception):
    """The database cannot be used. `reason` is a reason of the condition StorageReady.

    `is_loss`: the connection failed, whatever was asked.
    """

    def __init__(self, reason: str, message: str, *, is_loss: bool = False) -> None:
        super().__init__(message)
        self.reason, self.message, self.is_loss = reason, message, is_loss


def not_text() -> StorageError:
    """Return the error for an answer that cannot be decoded."""
    return StorageError(conditions.CONNECTION_FAILED, NOT_TEXT)


def storage_error(error: Exception, dsn: Dsn) -> StorageError:
    """Return the error with its reason and its first line, which holds no secret and nothing that a terminal obeys.

    SQLAlchemy and Optuna wrap the database's error, whose SQLSTATE tells more than their words.
    """
    cause = _cause(error)
    line = printable(first_line(dsn.redact(str(cause))))
    sentence = truncate(line or type(cause).__name__, MAX_ERROR_CHARACTERS)
    code = cause.pgcode or "" if isinstance(cause, psycopg2.Error) else ""
    if isinstance(cause, psycopg2.errors.InsufficientPrivilege):
        code = code or "42501"
    is_loss = not code and isinstance(cause, psycopg2.OperationalError | psycopg2.InterfaceError)
    # Words of an error with a code may be a user's own.
    by_code = _REASONS.get(code) or _REASONS.get(code[:2]) or conditions.CONNECTION_FAILED
    reason = by_code if code else _reason_of_words(sentence)
    if reason == conditions.INSUFFICIENT_RIGHTS:
        sentence = f"{sentence}{_grant(sentence, dsn.login, is_connected=bool(code))}"
    return StorageError(reason, sentence if code else f"{sentence}{advice(sentence)}", is_loss=is_loss)


def _cause(error: BaseException) -> BaseException:
    """Return the database's own error where one is wrapped, else the error itself."""
    inner = error
    while not isinstance(inner, psycopg2.Error):
        wrapped = getattr(inner, "orig", None) or inner.__cause__
        if not isinstance(wrapped, BaseException):
            return error
        inner = wrapped
    return inner


def _reason_of_words(sentence: str) -> str:
    """Return the reason for the answer of a server that ended the connection or refused it."""
    if "role" in sentence and "not exist" in sentence:
        return conditions.AUTHENTICATION_FAILED
    matching = (reason for reason, words in _WORDS if any(word in sentence for word in words))
    return next(matching, conditions.CONNECTION_FAILED)


def _grant(sentence: str, login: str, *, is_connected: bool) -> str:
    """Return the statement that gives the permission; "" where PostgreSQL does not name the object."""
    denied = _DENIED.search(sentence)
    if denied is None:
        return ""
    kind, name = denied.groups()
    database = f"{'CREATE' if is_connected else 'CONNECT'} ON DATABASE"
    return f". Run `GRANT {_PRIVILEGES.get(kind, database)} {_quoted(name)} TO {_quoted(login)}`"


def _quoted(name: str) -> str:
    return name if _PLAIN_NAME.fullmatch(name) else '"{}"'.format(name.replace('"', '""'))
