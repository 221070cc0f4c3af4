"""The storage gate on a real PostgreSQL: each thing that keeps a sweep from its study, and what is only measured."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import psycopg2
import pytest

from hposweep.database import statements as sql
from hposweep.database.dsn import Dsn
from hposweep.database.errors import StorageError
from hposweep.database.schema import head_revision
from hposweep.database.study import Studies
from hposweep.judge import gates
from hposweep.judge.storage_checks import storage_checks
from hposweep.model.storage import Storage
from tests.integration.conftest import OWNER
from tests.postgres_server import PostgresServer
from tests.unit import world

pytestmark = pytest.mark.postgres

GRANT_TABLES = "grant select, insert, update, delete on all tables in schema public to {login}"
GRANT_SEQUENCES = "grant usage on all sequences in schema public to {login}"


@dataclass(frozen=True, slots=True)
class Guest:
    """A login that is no superuser."""

    login: str
    url: str
    studies: Studies


@pytest.fixture
def guest(studies: Studies, url: str) -> Iterator[Guest]:
    login = f"guest_{url.rpartition('/')[2]}"
    studies._session.run(f"create role {login} login password 'canary-guest'")
    guest_url = url.replace("hpo:canary-4f1c", f"{login}:canary-guest")
    studies_of_guest = Studies(Dsn(guest_url))
    yield Guest(login, guest_url, studies_of_guest)
    studies_of_guest.close()


def refusal(studies: Studies) -> tuple[str, str]:
    with pytest.raises(StorageError) as caught:
        studies.probe()
    return caught.value.reason, caught.value.message


def create(studies: Studies) -> None:
    studies.create("s", ["MAXIMIZE"], ["score"], OWNER)


def read_refusal(studies: Studies) -> tuple[str, str]:
    with pytest.raises(StorageError) as caught:
        studies.read("s", [True])
    return caught.value.reason, caught.value.message


def rows(storage: Storage) -> dict[str, Any]:
    sweep = world.sweep()
    checks = storage_checks(sweep, world.seen(storage), gates.storage(sweep, storage))
    return {row.check: row for row in checks}


def test_a_login_that_may_not_create_tables_is_told_the_grant_that_it_needs(studies: Studies, guest: Guest) -> None:
    reason, message = refusal(guest.studies)
    assert reason == "InsufficientRights"
    assert message.startswith(f"permission denied: login {guest.login} may not create tables in schema public")
    with pytest.raises(StorageError, match="may not create tables"):
        create(guest.studies)
    studies._session.run(f"grant usage, create on schema public to {guest.login}")
    assert guest.studies.probe().encryption == ""
    create(guest.studies)
    study = guest.studies.read("s", [True])
    assert study is not None
    assert study.owner == OWNER


def test_a_login_that_may_not_write_the_tables_is_told_which(studies: Studies, guest: Guest) -> None:
    create(studies)
    studies._session.run(f"grant select on all tables in schema public to {guest.login}")
    reason, message = refusal(guest.studies)
    assert reason == "InsufficientRights"
    assert "may not read and write `studies`, `study_directions`, `study_system_attributes` and 8 others" in message
    studies._session.run(GRANT_TABLES.format(login=guest.login))
    assert "may not read and write `studies`, `study_" in refusal(guest.studies)[1], "their sequences are closed"
    studies._session.run(GRANT_SEQUENCES.format(login=guest.login))
    guest.studies.probe()


@pytest.fixture
def unchecked(monkeypatch: pytest.MonkeyPatch) -> None:
    """A permission that goes between the operator's own check and Optuna's statements."""
    monkeypatch.setattr("hposweep.database.study.check_permissions", lambda _: None)


def test_tables_that_optuna_may_not_create_are_a_missing_permission(
    studies: Studies, guest: Guest, unchecked: None
) -> None:
    reason, message = _creation_refusal(guest.studies)
    assert reason == "InsufficientRights"
    assert message.startswith("permission denied for schema public")
    assert message.endswith(f"Run `GRANT USAGE, CREATE ON SCHEMA public TO {guest.login}`")
    studies._session.run(message.rpartition("Run `")[2].rstrip("`"))
    create(guest.studies)


def test_a_study_that_optuna_may_not_create_is_a_missing_permission(
    studies: Studies, guest: Guest, unchecked: None
) -> None:
    create(studies)
    studies._session.run(f"grant select on all tables in schema public to {guest.login}")
    for place in (" TABLE studies TO", " SEQUENCE studies_study_id_seq TO", " TABLE study_directions TO"):
        reason, message = _creation_refusal(guest.studies)
        assert reason == "InsufficientRights"
        assert place in message
        studies._session.run(message.rpartition("Run `")[2].rstrip("`"))


def test_a_login_that_may_not_read_the_version_of_the_tables_is_told_the_grant(studies: Studies, guest: Guest) -> None:
    create(studies)
    for grant in (GRANT_TABLES, GRANT_SEQUENCES):
        studies._session.run(grant.format(login=guest.login))
    studies._session.run(f"revoke all on alembic_version from {guest.login}")
    reason, message = read_refusal(guest.studies)
    assert (reason, "ON TABLE alembic_version TO" in message) == ("InsufficientRights", True)


def test_a_login_that_may_not_connect_is_told_the_grant(studies: Studies, guest: Guest, url: str) -> None:
    database = url.rpartition("/")[2]
    studies._session.run(f"revoke connect on database {database} from public")
    reason, message = refusal(guest.studies)
    assert (reason, message.endswith(f"Run `GRANT CONNECT ON DATABASE {database} TO {guest.login}`")) == (
        "InsufficientRights",
        True,
    )


def test_a_login_without_any_schema_is_refused(studies: Studies, guest: Guest) -> None:
    studies._session.run("revoke all on schema public from public")
    assert "in any schema of its `search_path`" in refusal(guest.studies)[1]


def test_a_read_only_database_is_refused(studies: Studies, guest: Guest) -> None:
    create(studies)
    studies._session.run(f"alter role {guest.login} set default_transaction_read_only to on")
    reason, message = refusal(guest.studies)
    assert (reason, "is read-only for login" in message) == ("InsufficientRights", True)


@pytest.mark.parametrize(
    ("revision", "reason", "words"),
    [
        ("v9.9.9.a", "SchemaTooNew", ("newer than Optuna", "Upgrade HPOSweep")),
        ("v2.6.0.a", "SchemaTooOld", ("older than Optuna", "`optuna storage upgrade`")),
    ],
)
def test_tables_of_another_optuna_are_refused_before_anything_reads_them(
    studies: Studies, revision: str, reason: str, words: tuple[str, ...]
) -> None:
    create(studies)
    studies._session.run("update alembic_version set version_num = %(revision)s", {"revision": revision})
    for found in (read_refusal(studies), _creation_refusal(studies)):
        assert found[0] == reason
        assert [word for word in (*words, f"`{revision}`", f"`{head_revision()}`") if word not in found[1]] == []
    studies._session.run("update alembic_version set version_num = %(head)s", {"head": head_revision()})
    assert studies.read("s", [True]) is not None


def _creation_refusal(studies: Studies) -> tuple[str, str]:
    with pytest.raises(StorageError) as caught:
        studies.create("other", ["MAXIMIZE"], ["score"], OWNER)
    return caught.value.reason, caught.value.message


def test_tables_that_are_being_created_are_none_yet(studies: Studies) -> None:
    create(studies)
    studies._session.run("delete from alembic_version")
    assert studies.read("s", [True]) is None


@pytest.mark.parametrize("mode", ["require", "verify-ca", "verify-full"])
def test_tls_that_the_server_does_not_offer_is_a_reason_of_its_own(url: str, mode: str) -> None:
    studies = Studies(Dsn(f"{url}?sslmode={mode}&sslrootcert=/etc/ssl/certs/ca-certificates.crt"))
    reason, message = refusal(studies)
    assert (reason, "does not support SSL" in message) == ("TlsFailed", True)


def test_a_socket_has_no_tls_whatever_its_url_asks_for(server: PostgresServer, url: str) -> None:
    socket_url = server.socket_url(url.rpartition("/")[2])
    studies = Studies(Dsn(f"{socket_url}&sslmode=require"))
    reason, message = refusal(studies)
    studies.close()
    assert (reason, "`sslmode=require`" in message) == ("TlsFailed", True)


def test_a_login_whose_connections_are_used_up_is_no_failed_network(studies: Studies, guest: Guest) -> None:
    studies._session.run(f"alter role {guest.login} connection limit 1")
    other = psycopg2.connect(guest.url)
    try:
        assert refusal(guest.studies)[0] == "TooFewConnections"
    finally:
        other.close()
    studies._session.run(f"grant create on schema public to {guest.login}")
    guest.studies.probe()


def test_a_study_of_another_sweep_is_a_row_with_the_sentence_of_the_gate(studies: Studies) -> None:
    create(studies)
    storage = Storage(is_reachable=True, study=studies.read("s", [True]), probe=studies.probe())
    checks = rows(storage)
    assert (checks["study"].outcome, checks["schema"].outcome) == ("Failed", "Passed")
    assert f"belongs to another sweep (uid {OWNER})" in checks["study"].message


@pytest.mark.parametrize(("seconds", "outcome"), [(0, "Passed"), (29, "Passed"), (45, "Warning"), (-45, "Warning")])
def test_a_clock_that_differs_is_told_of_and_stops_nothing(
    studies: Studies, monkeypatch: pytest.MonkeyPatch, seconds: int, outcome: str
) -> None:
    monkeypatch.setattr(sql, "CLOCK", sql.CLOCK.replace("clock_timestamp()", f"clock_timestamp() + '{seconds} s'"))
    row = rows(Storage(is_reachable=True, probe=studies.probe()))["clock"]
    assert (row.outcome, row.value) == (outcome, f"{abs(seconds)} seconds")
    ahead = "database is 45 seconds ahead of that of the operator"
    behind = "operator is 45 seconds ahead of that of the database"
    assert (ahead in row.message, behind in row.message) == (seconds == 45, seconds == -45)


def test_slow_answers_are_told_of_and_end_the_measurement_early(
    studies: Studies, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sql, "PING", "select pg_sleep(0.6)")
    probe = studies.probe()
    row = rows(Storage(is_reachable=True, probe=probe))["latency"]
    assert probe.latency_seconds >= 0.6
    assert (row.outcome, row.threshold) == ("Warning", "at most 100 ms")
    monkeypatch.setattr(sql, "PING", "select 1")
    assert studies.probe().latency_seconds < probe.latency_seconds


@pytest.fixture
def encrypted() -> Iterator[PostgresServer]:
    """A server with a certificate that it signed itself."""
    encrypted = PostgresServer()
    encrypted.start()
    encrypted.stop()
    data = encrypted.directory / "data"
    names = ("-subj", "/CN=127.0.0.1", "-addext", "subjectAltName=IP:127.0.0.1")
    files = ("-keyout", str(data / "server.key"), "-out", str(data / "server.crt"))
    command = ["openssl", "req", "-new", "-x509", "-nodes", "-days", "2", *names, *files]
    subprocess.run(command, check=True, capture_output=True)
    account = data.stat()
    for name in ("server.key", "server.crt"):
        os.chown(data / name, account.st_uid, account.st_gid)
        (data / name).chmod(0o600)
    with (data / "postgresql.conf").open("a") as file:
        file.write("ssl = on\n")
    encrypted.start()
    yield encrypted
    encrypted.remove()


def test_tls_that_the_url_asks_for_is_what_the_connection_has(encrypted: PostgresServer) -> None:
    certificate = encrypted.directory / "data" / "server.crt"
    for mode in ("sslmode=require", f"sslmode=verify-full&sslrootcert={certificate}"):
        studies = Studies(Dsn(f"{encrypted.url()}?{mode}"))
        row = rows(Storage(is_reachable=True, probe=studies.probe()))["tls"]
        studies.close()
        assert (row.outcome, row.value, row.threshold) == ("Passed", "TLSv1.3", mode[8:].partition("&")[0])
    for mode, value in {"disable": "not encrypted", "prefer": "TLSv1.3"}.items():
        studies = Studies(Dsn(f"{encrypted.url()}?sslmode={mode}"))
        row = rows(Storage(is_reachable=True, probe=studies.probe()))["tls"]
        studies.close()
        assert (row.outcome, row.value, row.threshold) == ("Passed", value, mode)


@pytest.mark.parametrize("mode", ["prefer", "allow"])
def test_tls_that_the_url_prefers_and_the_server_does_not_offer_is_a_warning(url: str, mode: str) -> None:
    studies = Studies(Dsn(f"{url}?sslmode={mode}"))
    row = rows(Storage(is_reachable=True, probe=studies.probe()))["tls"]
    studies.close()
    assert (row.outcome, row.value, row.threshold) == ("Warning", "not encrypted", mode)


def test_a_certificate_that_nothing_vouches_for_is_a_reason_of_its_own(encrypted: PostgresServer) -> None:
    trusted = "/etc/ssl/certs/ca-certificates.crt"
    studies = Studies(Dsn(f"{encrypted.url()}?sslmode=verify-full&sslrootcert={trusted}"))
    reason, message = refusal(studies)
    assert (reason, "certificate verify failed" in message) == ("TlsFailed", True)
