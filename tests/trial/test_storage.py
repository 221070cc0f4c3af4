"""Patience with a database that is away."""

from __future__ import annotations

from dataclasses import dataclass, field

import pytest
from optuna.exceptions import StorageInternalError
from sqlalchemy.exc import DataError, OperationalError

from hpotrial.storage import Patience, StorageLostError, application_name, attempt, is_lost_connection


def away() -> OperationalError:
    return OperationalError("select 1", {}, Exception("connection refused\nIs the server running?"))


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

    def patience(self) -> Patience:
        return Patience(sleep=self.sleep, clock=self)


def test_an_answer_after_some_refusals_is_an_answer() -> None:
    refusals = [away(), away(), away()]

    def action() -> str:
        if refusals:
            raise refusals.pop()
        return "here"

    clock = Clock()
    assert attempt(action, clock.patience()) == "here"
    assert len(clock.slept) == 3


def test_patience_ends_after_a_minute_with_the_drivers_first_line() -> None:
    def action() -> None:
        raise away()

    clock = Clock()
    with pytest.raises(StorageLostError, match=r"^the database did not answer: connection refused$"):
        attempt(action, clock.patience())
    assert 55 <= clock.now <= 65
    assert max(clock.slept) <= 7.5


def test_a_signal_leaves_only_some_seconds_more() -> None:
    def action() -> None:
        raise away()

    clock = Clock(interrupt_after=3.0)
    with pytest.raises(StorageLostError):
        attempt(action, clock.patience())
    assert 12 < clock.now < 22


def test_what_is_no_lost_connection_is_raised_at_once() -> None:
    clock = Clock()

    def action() -> None:
        raise ValueError("wrong data")

    with pytest.raises(ValueError, match="wrong data"):
        attempt(action, clock.patience())
    assert clock.slept == []


def test_optuna_wraps_both_kinds_of_errors_and_only_one_is_worth_another_try() -> None:
    lost, wrong = StorageInternalError("commit"), StorageInternalError("commit")
    lost.__cause__ = away()
    wrong.__cause__ = DataError("insert", {}, Exception("value too long"))
    assert is_lost_connection(lost)
    assert not is_lost_connection(wrong)


def test_the_application_name_keeps_the_workers_number() -> None:
    assert application_name("vision/digits", 3) == "hpotrial vision/digits 3"
    long = application_name("a" * 63 + "/" + "b" * 40, 117)
    assert len(long) == 63
    assert long.endswith("b 117")
