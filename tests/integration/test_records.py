"""The history of sweeps in a real PostgreSQL: once each, bounded, of one study only, never in the way of a sweep."""

from __future__ import annotations

import time
from datetime import timedelta
from typing import Any

import optuna
import psycopg2
import pytest

from hposweep.api.record import RecordEntry
from hposweep.database import own_table_sql
from hposweep.database import records_sql as sql
from hposweep.database.dsn import Dsn
from hposweep.database.errors import StorageError
from hposweep.database.records import RecordReader
from hposweep.database.study import Studies
from hposweep.model.record import RecordPage
from tests.integration.conftest import OWNER
from tests.unit.world import NOON

pytestmark = pytest.mark.postgres

SWEEP = "vision/digits"


def entry(number: int, message: str = "words", **fields: Any) -> RecordEntry:
    values = {"kind": "Condition", "actor": "hposweep-operator", "trials": number, "numbers": {"best": 0.5}}
    return RecordEntry(number=number, time=NOON + timedelta(seconds=number), message=message, **(values | fields))


def history(url: str, study: str = "s") -> RecordPage:
    reader = RecordReader(Dsn(url))
    try:
        page = reader.read(study)
    finally:
        reader.close()
    assert page is not None
    return page


def execute(url: str, statement: str) -> None:
    with psycopg2.connect(url) as connection, connection.cursor() as cursor:
        cursor.execute(statement)


@pytest.fixture
def study_id(optuna_study: optuna.Study) -> int:
    return optuna_study._study_id


def test_an_entry_is_stored_once_however_often_it_is_written(studies: Studies, study_id: int, url: str) -> None:
    studies.record(study_id, OWNER, SWEEP, [entry(1), entry(2)])
    studies.record(study_id, OWNER, SWEEP, [entry(2, "other words"), entry(3)])
    other = Studies(Dsn(url))  # another operator process
    other.record(study_id, OWNER, SWEEP, [entry(3), entry(4, numbers={})])
    other.close()
    page = history(url)
    assert [record.entry for record in page.records] == [entry(1), entry(2), entry(3), entry(4, numbers={})]
    assert {(record.sweep, record.sweep_uid) for record in page.records} == {(SWEEP, OWNER)}
    assert (page.unreadable, page.is_cut) == (0, False)


def test_text_that_postgresql_does_not_hold_is_stored_without_it(studies: Studies, study_id: int, url: str) -> None:
    studies.record(study_id, OWNER, SWEEP, [entry(1, "a\x00b\ud800")])
    assert [record.entry.message for record in history(url).records] == ["ab?"]


def test_a_study_without_history_has_no_entry_and_an_absent_one_has_no_page(
    studies: Studies, study_id: int, url: str
) -> None:
    assert history(url) == RecordPage()
    reader = RecordReader(Dsn(url))
    assert reader.read("absent") is None
    reader.close()


def test_the_oldest_of_too_many_entries_are_removed(studies: Studies, study_id: int, url: str) -> None:
    for first in range(1, sql.MAX_ROWS + 200, 200):
        studies.record(study_id, OWNER, SWEEP, [entry(number) for number in range(first, first + 200)])
    numbers = [record.entry.number for record in history(url).records]
    assert numbers == list(range(201, sql.MAX_ROWS + 201))


def test_each_study_has_its_own_history_and_loses_it_with_the_study(studies: Studies, study_id: int, url: str) -> None:
    studies.create("other", ["MINIMIZE"], ["loss"], "uid-of-another")
    other = studies.read("other", [False])
    assert other is not None
    studies.record(study_id, OWNER, SWEEP, [entry(1, "mine")])
    studies.record(other.id, "uid-of-another", "speech/digits", [entry(1, "theirs")])
    assert [record.entry.message for record in history(url).records] == ["mine"]
    assert [record.entry.message for record in history(url, "other").records] == ["theirs"]
    studies.disown(study_id, OWNER)
    assert len(history(url).records) == 1, "a sweep that is deleted with Retain keeps its history"
    studies.delete("s")
    assert studies._session.run("select study_id from hposweep.records") == [(other.id,)]


def test_the_history_of_a_study_that_another_tool_deletes_goes_with_the_next_process(
    studies: Studies, study_id: int, url: str
) -> None:
    studies.create("other", ["MINIMIZE"], ["loss"], OWNER)
    other = studies.read("other", [False])
    assert other is not None
    studies.record(study_id, OWNER, SWEEP, [entry(1)])
    optuna.delete_study(study_name="s", storage=studies.dsn.reveal_for_optuna())
    successor = Studies(Dsn(url))
    successor.record(other.id, OWNER, SWEEP, [entry(1)])
    successor.close()
    assert studies._session.run("select study_id from hposweep.records") == [(other.id,)]


def create_poor_role(url: str, name: str) -> None:
    """A role that may use Optuna's tables and create nothing."""
    grants = (
        f"grant all on all tables in schema public to {name}; grant all on all sequences in schema public to {name}"
    )
    execute(url, f"create role {name}; {grants}")


def test_a_login_that_may_create_nothing_is_told_and_keeps_its_connection(
    studies: Studies, study_id: int, url: str
) -> None:
    name = "poor"
    create_poor_role(url, name)
    studies._session.run(f"set role {name}")
    with pytest.raises(StorageError, match="permission denied for database") as refused:
        studies.record(study_id, OWNER, SWEEP, [entry(1)])
    assert refused.value.reason == "InsufficientRights"
    assert studies.read("s", [False]) is not None
    execute(url, f"{own_table_sql.CREATE_SCHEMA}; {sql.CREATE_TABLE}")  # by an administrator
    execute(url, f"grant usage on schema hposweep to {name}; grant all on hposweep.records to {name}")
    studies.record(study_id, OWNER, SWEEP, [entry(1)])
    assert len(history(url).records) == 1


def test_the_table_of_another_tenant_is_left_alone(studies: Studies, study_id: int, url: str) -> None:
    """Its triggers would run with the permissions of the login that writes."""
    execute(url, f"create role eve; {own_table_sql.CREATE_SCHEMA}; grant all on schema hposweep to eve")
    trap = "create function hposweep.trap() returns trigger language plpgsql as 'begin raise exception ''trap''; end'"
    fires = "before insert or delete on hposweep.records for each statement execute function hposweep.trap()"
    execute(url, f"set role eve; {sql.CREATE_TABLE}; {trap}; create trigger trap {fires}")
    with pytest.raises(StorageError, match="belongs to another login") as refused:
        studies.record(study_id, OWNER, SWEEP, [entry(1)])
    assert refused.value.reason == "InsufficientRights"
    studies.delete("s")
    assert studies.read("s", [False]) is None


@pytest.mark.parametrize("kind", ["view", "policy"])
def test_what_another_tenant_owns_is_not_read(studies: Studies, study_id: int, url: str, kind: str) -> None:
    """Its functions would run with the permissions of the login that reads."""
    role = f"mallory_of_a_{kind}"
    execute(url, f"create role {role}; {own_table_sql.CREATE_SCHEMA}; grant all on schema hposweep to {role}")
    trap = "create function hposweep.trap() returns text language plpgsql as 'begin raise exception ''trap''; end'"
    view = "create view hposweep.records as select hposweep.trap() as place, hposweep.trap() as study_id"
    policy = "create policy p on hposweep.records using (hposweep.trap() = ''); alter table hposweep.records"
    table = f"{sql.CREATE_TABLE}; {policy} enable row level security, force row level security"
    execute(url, f"set role {role}; {trap}; {view if kind == 'view' else table}")
    with pytest.raises(StorageError, match="belongs to another login"):
        history(url)


def test_a_locked_table_delays_by_a_second_and_a_dropped_one_is_created_again(
    studies: Studies, study_id: int, url: str
) -> None:
    studies.record(study_id, OWNER, SWEEP, [entry(1)])
    tenant = psycopg2.connect(url)
    tenant.cursor().execute("lock table hposweep.records in access exclusive mode")
    started = time.monotonic()
    with pytest.raises(StorageError, match="lock timeout"):
        studies.record(study_id, OWNER, SWEEP, [entry(2)])
    assert time.monotonic() - started < 60, "the lock has no end, so that the statement must have one"
    tenant.close()
    studies.record(study_id, OWNER, SWEEP, [entry(2)])
    execute(url, "drop schema hposweep cascade")
    with pytest.raises(StorageError, match="does not exist"):
        studies.record(study_id, OWNER, SWEEP, [entry(3)])
    studies.record(study_id, OWNER, SWEEP, [entry(3)])
    assert [record.entry.number for record in history(url).records] == [3]


HOSTILE = {
    "numbers that are no object": "numbers = '[1]'",
    "numbers that are no JSON": "numbers = '{'",
    "deep JSON": "numbers = repeat('[', 4000)",
    "a text instead of a number": """numbers = '{"best": "x"}'""",
    "a time without end": """"time" = 'infinity\'""",
    "a time before all": """"time" = '-infinity\'""",
}


@pytest.mark.parametrize("assignment", HOSTILE.values(), ids=HOSTILE.keys())
def test_a_row_of_another_program_is_counted_and_left_out(
    studies: Studies, study_id: int, url: str, assignment: str
) -> None:
    studies.record(study_id, OWNER, SWEEP, [entry(1), entry(2)])
    execute(url, f"update hposweep.records set {assignment} where number = 2")  # noqa: S608  # a constant of this file
    page = history(url)
    assert [record.entry.number for record in page.records] == [1]
    assert page.unreadable == 1


def test_a_table_of_another_shape_is_an_error_with_a_sentence(studies: Studies, study_id: int, url: str) -> None:
    execute(url, "create schema hposweep; create table hposweep.records (message text)")
    with pytest.raises(StorageError, match="does not exist"):
        studies.record(study_id, OWNER, SWEEP, [entry(1)])
    with pytest.raises(StorageError, match="does not exist"):
        history(url)
    assert studies.read("s", [False]) is not None


def test_a_long_text_is_cut_in_the_query(studies: Studies, study_id: int, url: str) -> None:
    studies.record(study_id, OWNER, SWEEP, [entry(1)])
    execute(url, "update hposweep.records set message = repeat('x', 10000000)")
    assert [len(record.entry.message) for record in history(url).records] == [1024]
