"""Every statement of the operator is reported to its monitor, with the reason of its error and without its text."""

from __future__ import annotations

from contextlib import nullcontext
from typing import Any

import psycopg2
import pytest
from psycopg2 import errors

from hposweep.database.connection import Session
from hposweep.database.dsn import Dsn
from hposweep.database.errors import StorageError, storage_error
from hposweep.database.pool import Databases

DSN = Dsn("postgresql://u:canary@h/d")


class FakeConnection:
    """Answers each statement with rows, or raises."""

    autocommit, deadline, description = False, None, ("column",)

    def __init__(self, error: Exception | None) -> None:
        self.error = error

    def cursor(self) -> FakeConnection:
        return self

    def __enter__(self) -> FakeConnection:
        return self

    def __exit__(self, *_: object) -> None:
        return None

    def execute(self, statement: str, parameters: object) -> None:
        if self.error is not None:
            raise self.error

    def fetchall(self) -> list[tuple[int]]:
        return [(1,)]

    def close(self) -> None:
        return None


@pytest.mark.parametrize(
    ("error", "reason"),
    [
        (None, ""),
        (psycopg2.OperationalError("connection refused"), "ConnectionFailed"),
        (psycopg2.OperationalError("password authentication failed"), "AuthenticationFailed"),
        (errors.InsufficientPrivilege("permission denied"), "InsufficientRights"),
        (psycopg2.OperationalError('role "absent" does not exist'), "AuthenticationFailed"),
        (psycopg2.OperationalError("server does not support SSL, but SSL was required"), "TlsFailed"),
        (UnicodeDecodeError("utf-8", b"\xe4", 0, 1, "invalid"), "ConnectionFailed"),
        (psycopg2.OperationalError("SSL error: certificate verify failed"), "TlsFailed"),
        (psycopg2.OperationalError("FATAL:  sorry, too many clients already"), "TooFewConnections"),
        (psycopg2.OperationalError('too many connections for role "narrow"'), "TooFewConnections"),
        (psycopg2.OperationalError('FATAL:  permission denied for database "d"'), "InsufficientRights"),
    ],
)
def test_a_statement_is_reported_with_the_reason_of_its_error(
    monkeypatch: pytest.MonkeyPatch, error: Exception | None, reason: str
) -> None:
    reports: list[tuple[Any, ...]] = []
    monkeypatch.setattr(psycopg2, "connect", lambda *_, **__: FakeConnection(error))
    session = Session(DSN, monitor=lambda *report: reports.append(report))
    with pytest.raises(StorageError) if reason else nullcontext():
        assert session.run("select 1") == [(1,)]
    ((database, seconds, reported),) = reports
    assert (database, reported) == (DSN.database_id, reason)
    assert seconds >= 0


def test_a_database_that_cannot_be_opened_is_reported(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: object, **__: object) -> None:
        raise psycopg2.OperationalError("connection refused")

    reports: list[tuple[Any, ...]] = []
    monkeypatch.setattr(psycopg2, "connect", refuse)
    studies = Databases(lambda _: None, lambda *report: reports.append(report)).open(DSN, ("default", "digits"))
    with pytest.raises(StorageError):
        studies.counts([1])
    assert [(database, reason) for database, _, reason in reports] == [(DSN.database_id, "ConnectionFailed")]


def test_an_error_is_one_printable_line() -> None:
    error = psycopg2.OperationalError("\x1b[2Jgone\u202e\u00a0away\r\nDETAIL: more")
    assert storage_error(error, DSN).message == "[2Jgone away"


@pytest.mark.parametrize(
    ("code", "reason"),
    [
        ("28P01", "AuthenticationFailed"),
        ("53300", "TooFewConnections"),
        ("42501", "InsufficientRights"),
        ("22P02", "ConnectionFailed"),
    ],
)
def test_a_code_tells_the_reason_whatever_the_words(code: str, reason: str) -> None:
    error = psycopg2.errors.lookup(code)('role "x" does not exist: certificate verify failed')
    error.__setstate__({"pgcode": code})
    assert storage_error(error, DSN).reason == reason
