"""The translation of a database's errors: reason, first line, and the statement that gives a permission."""

from __future__ import annotations

import psycopg2
import pytest
from optuna.exceptions import StorageInternalError
from psycopg2 import errors
from sqlalchemy.exc import ProgrammingError

from hposweep.database.dsn import Dsn
from hposweep.database.errors import storage_error

DSN = Dsn("postgresql://ada:canary@h/d")


def wrapped(error: Exception) -> StorageInternalError:
    """Return the error as Optuna raises it: in SQLAlchemy's, in its own."""
    outer = StorageInternalError("An exception is raised during the commit.")
    outer.__cause__ = ProgrammingError("insert into t values (1)", {}, error)
    return outer


@pytest.mark.parametrize(
    ("denied", "grant"),
    [
        ("for schema public", "GRANT USAGE, CREATE ON SCHEMA public TO ada"),
        ('for schema "Vision"', 'GRANT USAGE, CREATE ON SCHEMA "Vision" TO ada'),
        ("for table trials", "GRANT SELECT, INSERT, UPDATE, DELETE ON TABLE trials TO ada"),
        ("for sequence trials_trial_id_seq", "GRANT USAGE ON SEQUENCE trials_trial_id_seq TO ada"),
        ("for database d", "GRANT CREATE ON DATABASE d TO ada"),
    ],
)
def test_a_missing_permission_is_told_with_the_statement_that_gives_it(denied: str, grant: str) -> None:
    error = errors.InsufficientPrivilege(f"permission denied {denied}\nLINE 2: create")
    for form in (error, ProgrammingError("select 1", {}, error), wrapped(error)):
        translated = storage_error(form, DSN)
        assert translated.reason == "InsufficientRights"
        assert translated.message == f"permission denied {denied}. Run `{grant}`"


def test_an_object_that_postgresql_does_not_name_has_no_statement() -> None:
    translated = storage_error(errors.InsufficientPrivilege("must be owner of table trials"), DSN)
    assert (translated.reason, translated.message) == ("InsufficientRights", "must be owner of table trials")


def test_the_code_decides_where_the_words_are_in_another_language() -> None:
    class Refused(psycopg2.OperationalError):
        pgcode = "28P01"

    assert storage_error(Refused("Passwort-Authentifizierung fehlgeschlagen"), DSN).reason == "AuthenticationFailed"


def test_an_error_that_wraps_none_of_the_database_keeps_its_own_words() -> None:
    translated = storage_error(StorageInternalError("no canary here"), DSN)
    assert (translated.reason, translated.message) == ("ConnectionFailed", "no *** here")


def test_a_url_without_a_login_asks_for_the_name() -> None:
    error = errors.InsufficientPrivilege("permission denied for table trials")
    assert storage_error(error, Dsn("postgresql:///d?host=/tmp")).message.endswith('TO "THE-LOGIN"`')
