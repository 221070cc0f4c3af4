"""A PostgreSQL server for the benchmark, and its counters: statements, commits, CPU time."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import psycopg2

from tests.postgres_server import PostgresServer, running

COUNTERS = """
select (select coalesce(sum(calls), 0) from pg_stat_statements s join pg_database d on d.oid = s.dbid
        where d.datname = current_database()),
       (select xact_commit from pg_stat_database where datname = current_database())
"""
TICKS = os.sysconf("SC_CLK_TCK")


@dataclass(frozen=True, slots=True)
class Counters:
    """Counters since the server started."""

    statements: int
    commits: int
    cpu_seconds: float

    def since(self, before: Counters) -> Counters:
        return Counters(
            self.statements - before.statements, self.commits - before.commits, self.cpu_seconds - before.cpu_seconds
        )


@contextmanager
def server() -> Iterator[PostgresServer]:
    with running({"shared_preload_libraries": "'pg_stat_statements'", "fsync": "on"}) as started:
        yield started


def database(of: PostgresServer, name: str) -> str:
    url = of.create_database(name)
    _rows(url, "create extension pg_stat_statements")
    return url


def counters(of: PostgresServer, url: str) -> Counters:
    """Return the counters. The measured processes must have ended, because the server counts them only then."""
    statements, commits = _rows(url, COUNTERS)[0]
    return Counters(int(statements), int(commits), _cpu_seconds(of))


def _cpu_seconds(of: PostgresServer) -> float:
    """Return the CPU time of the postmaster, its ended children and its running children."""
    postmaster = int((of.directory / "data" / "postmaster.pid").read_text().split()[0])
    ticks = sum(_stat(postmaster)[11:15])
    for folder in Path("/proc").glob("[0-9]*"):
        try:
            fields = _stat(int(folder.name))
        except OSError:
            continue
        if fields[1] == postmaster:
            ticks += fields[11] + fields[12]
    return ticks / TICKS


def _stat(pid: int) -> list[int]:
    """Return the numbers of /proc/PID/stat from the state on; [1] is the parent, [11:15] are the times."""
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return [0 if index == 0 else int(field) for index, field in enumerate(fields[:15])]


def _rows(url: str, statement: str) -> list[tuple[int, ...]]:
    connection = psycopg2.connect(url)
    try:
        connection.autocommit = True
        with connection.cursor() as cursor:
            cursor.execute(statement)
            return cursor.fetchall() if cursor.description else []
    finally:
        connection.close()
