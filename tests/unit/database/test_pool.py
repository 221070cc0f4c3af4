"""Databases are shared by their sweeps, and closed with the last one."""

from __future__ import annotations

import queue
import threading

import pytest
from prometheus_client import CollectorRegistry

from hposweep.database.dsn import Dsn
from hposweep.database.pool import Databases
from hposweep.database.study import Studies
from hposweep.telemetry.exposition import Exposition
from hposweep.telemetry.metrics import OperatorMetrics
from hposweep.telemetry.sweeps import SweepMetrics
from tests.unit.telemetry.scrape import samples

HERE = Dsn("postgresql://a:b@db.example.com/optuna")
OTHER_LOGIN = Dsn("postgresql://c:d@db.example.com/optuna")
ELSEWHERE = Dsn("postgresql://a:b@db.example.com/other")
FIRST, SECOND = ("vision", "first"), ("vision", "second")
SECONDS = 60


def made() -> tuple[Databases, queue.Queue[str]]:
    forgotten: queue.Queue[str] = queue.Queue()
    return Databases(lambda _: None, forget=forgotten.put), forgotten


def test_a_database_is_closed_with_the_last_sweep_that_uses_it() -> None:
    databases, forgotten = made()
    studies = databases.open(HERE, FIRST)
    assert databases.open(HERE, SECOND) is studies
    databases.release(FIRST)
    assert databases.open(HERE, SECOND) is studies
    databases.release(SECOND)
    assert forgotten.get(timeout=SECONDS) == HERE.database_id
    assert databases.open(HERE, SECOND) is not studies


def test_another_login_of_the_same_database_keeps_its_series() -> None:
    databases, forgotten = made()
    databases.open(HERE, FIRST)
    databases.open(OTHER_LOGIN, SECOND)
    databases.open(ELSEWHERE, FIRST)
    databases.release(FIRST)
    assert forgotten.get(timeout=SECONDS) == ELSEWHERE.database_id
    databases.release(SECOND)
    assert forgotten.get(timeout=SECONDS) == HERE.database_id
    assert forgotten.empty()


def test_credentials_that_rotate_keep_one_connection(monkeypatch: pytest.MonkeyPatch) -> None:
    databases, _ = made()
    closed: queue.Queue[Dsn] = queue.Queue()
    monkeypatch.setattr(Studies, "close", lambda studies: closed.put(studies.dsn))
    logins = [Dsn(f"postgresql://login{number}:p@db.example.com/optuna") for number in range(25)]
    baseline = databases.open(HERE, FIRST, "spec.baseline.storage")
    for dsn in logins:
        databases.open(dsn, FIRST, "spec.study.storage")
    assert {closed.get(timeout=SECONDS) for _ in logins[:-1]} == set(logins[:-1])
    assert databases.open(HERE, FIRST, "spec.baseline.storage") is baseline
    databases.release(FIRST)
    assert {closed.get(timeout=SECONDS) for _ in range(2)} == {HERE, logins[-1]}


def test_a_release_waits_for_no_statement(monkeypatch: pytest.MonkeyPatch) -> None:
    databases, forgotten = made()
    studies, may_close = databases.open(HERE, FIRST), threading.Event()
    monkeypatch.setattr(studies, "close", may_close.wait)
    databases.release(FIRST)
    assert forgotten.empty()
    may_close.set()
    assert forgotten.get(timeout=SECONDS) == HERE.database_id


def test_the_series_of_a_database_end_with_its_use() -> None:
    registry, sweeps = CollectorRegistry(), SweepMetrics()
    metrics = OperatorMetrics(registry)
    for database in (HERE, ELSEWHERE):
        metrics.count_query(database.database_id, 0.1, "ConnectionFailed")
    metrics.forget_database(HERE.database_id)
    metrics.forget_database("unknown")
    labels = [dict(labels) for _, labels in samples(Exposition(registry, sweeps))]
    assert {each["database"] for each in labels if "database" in each} == {ELSEWHERE.database_id}
