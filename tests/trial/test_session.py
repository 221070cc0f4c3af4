"""A transaction is whole or nothing, and its first error is the one that is raised."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pytest

from hpotrial.protocol.deadline import BoundedConnection
from hpotrial.protocol.session import BaseSession, Row


class LostError(Exception):
    """The connection is lost."""


class Session(BaseSession):
    """Records its statements instead of running them."""

    LOSS_ERROR = LostError

    def __init__(self, loses: str = "") -> None:
        self.statements: list[str] = []
        self._loses = loses
        self._connection: Any = "open"

    def run(self, statement: str, parameters: Mapping[str, Any] | None = None) -> list[Row]:
        self.statements.append(statement)
        if statement == self._loses:
            self._connection = None
            raise LostError(statement)
        return []

    def _connect(self) -> BoundedConnection:
        raise NotImplementedError


def test_a_transaction_is_committed() -> None:
    session = Session()
    with session.transaction():
        session.run("insert")
    assert session.statements == ["begin", "insert", "commit"]


def test_a_transaction_is_rolled_back_after_an_error() -> None:
    session = Session()
    with pytest.raises(KeyError, match="x"), session.transaction():
        raise KeyError("x")
    assert session.statements == ["begin", "rollback"]


def test_a_lost_connection_is_not_rolled_back() -> None:
    session = Session(loses="insert")
    with pytest.raises(LostError, match="insert"), session.transaction():
        session.run("insert")
    assert session.statements == ["begin", "insert"]


def test_a_rollback_that_fails_does_not_hide_the_first_error() -> None:
    session = Session(loses="rollback")
    with pytest.raises(KeyError, match="x"), session.transaction():
        raise KeyError("x")
    assert session.statements == ["begin", "rollback"]
