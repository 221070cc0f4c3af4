"""A database that was given: used, never shown, and never taken from another sweep."""

from __future__ import annotations

from hposweep.database.dsn import Dsn
from hposweep.database.study import Studies
from hpotrial.protocol import STORAGE_URL_ENV
from tests.local.command import spaced_sweep
from tests.local.conftest import Runner
from tests.postgres_server import PASSWORD, PostgresServer


def test_a_given_database_is_used_and_its_password_is_nowhere(run: Runner, postgres: PostgresServer) -> None:
    command = run(spaced_sweep(trials=4), **{STORAGE_URL_ENV: postgres.create_database("given")})
    assert command.wait() == 0
    assert len(command.charged()) == 4
    assert not (command.out / "postgres").exists()
    files = [path for path in command.out.rglob("*") if path.is_file()]
    assert not [path for path in files if PASSWORD in path.read_text()]
    assert PASSWORD not in command.text()


def test_a_study_of_another_sweep_is_refused(run: Runner, postgres: PostgresServer) -> None:
    url = postgres.create_database("shared")
    assert run(spaced_sweep(trials=2), arguments=("--storage", url)).wait() == 0
    other = run(spaced_sweep(trials=2), arguments=("--storage", url), out="other")
    assert other.wait() == 2
    assert "study `default.spaced` belongs to another sweep" in other.text().splitlines()[-1]
    assert run(spaced_sweep(trials=2), arguments=("--storage", url, "--study", "own"), out="third").wait() == 0


def test_a_database_that_does_not_answer_is_refused_before_anything_runs(run: Runner, postgres: PostgresServer) -> None:
    url = postgres.url("optuna").replace(f":{postgres.port}/", ":1/")
    command = run(spaced_sweep(), arguments=("--storage", url))
    assert command.wait() == 2
    assert "(--storage): connection to server" in command.text().splitlines()[-1]
    assert "127.0.0.1:" in command.text()
    assert "Secret" not in command.text() + str(command.status())
    assert PASSWORD not in command.text()


def test_a_wrong_password_is_refused(run: Runner, postgres: PostgresServer) -> None:
    url = postgres.url().replace(PASSWORD, "wrong-4711")
    command = run(spaced_sweep(), arguments=("--storage", url))
    assert command.wait() == 2
    assert "password authentication failed" in command.text().splitlines()[-1]
    assert "4711" not in command.text()


def test_a_login_without_permissions_is_refused_with_the_grant_that_it_needs(
    run: Runner, postgres: PostgresServer
) -> None:
    url = postgres.create_database("closed")
    admin = Studies(Dsn(url))
    admin._session.run(f"create role closed_guest login password '{PASSWORD}'")
    guest = url.replace("//hpo:", "//closed_guest:")
    refused = run(spaced_sweep(trials=2), arguments=("--storage", guest))
    assert refused.wait() == 2
    assert "login closed_guest may not create tables in schema public" in refused.text().splitlines()[-1]
    assert PASSWORD not in refused.text()
    admin._session.run("grant create on schema public to closed_guest")
    admin.close()
    assert run(spaced_sweep(trials=2), arguments=("--storage", guest)).wait() == 0


def test_tls_that_the_database_does_not_offer_is_refused(run: Runner, postgres: PostgresServer) -> None:
    url = postgres.create_database("unencrypted")
    command = run(spaced_sweep(trials=2), arguments=("--storage", f"{url}?sslmode=require"))
    assert command.wait() == 2
    assert "server does not support SSL" in command.text().splitlines()[-1]
