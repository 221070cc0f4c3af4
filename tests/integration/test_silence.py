"""A database that accepts and never answers: the operator gives up, and connections of others wait as always."""

from __future__ import annotations

import time

import psycopg2
import pytest

from hposweep.api import conditions
from hposweep.database.connection import Session
from hposweep.database.dsn import Dsn
from hposweep.database.errors import StorageError
from hpotrial.protocol.deadline import CONNECT_SECONDS
from tests.postgres_server import PASSWORD, PostgresServer

ANSWER_SECONDS = 1.0
LONGER_SECONDS = CONNECT_SECONDS + 0.5


def test_a_server_that_hangs_is_one_that_does_not_answer(server: PostgresServer, url: str) -> None:
    session = Session(Dsn(url), ANSWER_SECONDS)
    assert session.run("select 1") == [(1,)]
    with server.frozen():
        for _ in range(2):  # the connection that was there, and one that is to be made
            with pytest.raises(StorageError, match="does not answer") as found:
                session.run("select 1")
            assert found.value.reason == conditions.CONNECTION_FAILED
    assert session.run("select 2") == [(2,)]
    session.close()


def test_a_server_that_is_not_there_is_named() -> None:
    session = Session(Dsn("postgresql://somebody:s3cret@127.0.0.1:1/none"))
    with pytest.raises(StorageError) as found:
        session.run("select 1")
    assert found.value.message == 'connection to server at "127.0.0.1", port 1 failed: Connection refused'


def test_a_wrong_password_is_named_as_such(url: str) -> None:
    session = Session(Dsn(url.replace(PASSWORD, "wrong-password")))
    with pytest.raises(
        StorageError, match=r'^connection to server at "127.0.0.1", port \d+ failed: FATAL: +password'
    ) as found:
        session.run("select 1")
    assert found.value.reason == conditions.AUTHENTICATION_FAILED


def test_what_others_connect_to_has_the_time_that_they_give_it(server: PostgresServer, url: str) -> None:
    began = time.monotonic()
    with server.frozen(), pytest.raises(psycopg2.OperationalError):
        psycopg2.connect(url, connect_timeout=2)
    assert time.monotonic() - began >= 2, "no earlier; a busy machine only adds to it"


def test_what_others_ask_may_take_its_time(url: str) -> None:
    connection = psycopg2.connect(url)
    with connection.cursor() as cursor:
        cursor.execute("select pg_sleep(%s)", (LONGER_SECONDS,))
        assert cursor.fetchall() == [("",)]
    connection.close()
