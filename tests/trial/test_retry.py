"""RetryPolicy with a database that is away."""

from __future__ import annotations

from dataclasses import dataclass, field

import psycopg2
import pytest

from hpotrial.storage.connection import Connection, ConnectionLostError, application_name, is_loss
from hpotrial.storage.retry import RetryPolicy, StorageLostError


@dataclass
class Clock:
    """Time that only passes by sleeping."""

    now: float = 0.0
    slept: list[float] = field(default_factory=list)
    interrupt_after: float = float("inf")

    def __call__(self) -> float:
        return self.now

    def sleep(self, seconds: float) -> bool:
        self.slept.append(seconds)
        self.now += seconds
        return self.now >= self.interrupt_after

    def patience(self, seconds: float = 60.0) -> RetryPolicy:
        return RetryPolicy(sleep=self.sleep, clock=self, seconds=seconds)

    def link(self) -> Connection:
        """To a port where nobody listens."""
        return Connection("postgresql://nobody@127.0.0.1:1/none", clock=self)


def test_an_answer_after_some_refusals_is_an_answer() -> None:
    clock = Clock()
    link = clock.link()
    refusals = [ConnectionLostError("away")] * 3

    def action() -> str:
        if refusals:
            raise refusals.pop()
        return "here"

    assert clock.patience().call(link, action) == "here"
    assert len(clock.slept) == 3


def test_patience_ends_with_the_drivers_first_line_and_pauses_grow() -> None:
    clock = Clock()
    link = clock.link()
    with pytest.raises(StorageLostError, match=r"^the database did not answer: Connection refused$"):
        clock.patience(600).call(link, lambda: link.run("select 1"))
    assert 595 <= clock.now <= 605
    assert clock.slept[0] <= 0.3
    assert 7.5 <= max(clock.slept) <= 22.5


def test_between_tries_the_network_is_left_alone() -> None:
    clock = Clock()
    link = clock.link()
    for _ in range(2):
        with pytest.raises(ConnectionLostError, match="refused"):
            link.run("select 1")
    assert link.is_down
    first = link.retry_at
    with pytest.raises(ConnectionLostError):
        link.run("select 1")
    assert link.retry_at == first
    clock.now = link.retry_at
    assert not link.is_down


@pytest.mark.parametrize(
    ("error", "expected"),
    [
        (psycopg2.OperationalError("server closed the connection unexpectedly"), True),
        (psycopg2.InterfaceError("connection already closed"), True),
        (psycopg2.DatabaseError("error with status PGRES_TUPLES_OK and no message from the libpq"), True),
        (psycopg2.ProgrammingError("can't adapt type"), False),
        (psycopg2.DataError("a number is too large"), False),
        (psycopg2.InternalError("current transaction is aborted"), False),
    ],
    ids=lambda value: type(value).__name__,
)
def test_only_what_tells_of_the_connection_is_a_loss(error: psycopg2.Error, expected: bool) -> None:
    assert is_loss(error) is expected


def test_a_signal_leaves_only_some_seconds_more() -> None:
    clock = Clock(interrupt_after=3.0)
    link = clock.link()
    with pytest.raises(StorageLostError):
        clock.patience().call(link, lambda: link.run("select 1"))
    assert 12 < clock.now < 22


def test_what_is_no_lost_connection_is_raised_at_once() -> None:
    clock = Clock()

    def action() -> None:
        raise ValueError("wrong data")

    with pytest.raises(ValueError, match="wrong data"):
        clock.patience().call(clock.link(), action)
    assert clock.slept == []


def test_patience_over_an_outage_counts_from_its_beginning() -> None:
    clock = Clock()
    link, patience = clock.link(), clock.patience(100)
    with pytest.raises(ConnectionLostError):
        link.run("select 1")
    assert not patience.is_exhausted(link)
    clock.now = 100
    assert patience.is_exhausted(link)


def test_the_application_name_keeps_the_workers_number() -> None:
    assert application_name("vision/digits", 3) == "hpotrial vision/digits 3"
    long = application_name("a" * 63 + "/" + "b" * 40, 117)
    assert len(long) == 63
    assert long.endswith("b 117")
