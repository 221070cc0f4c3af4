"""The storage gate on a real cluster: a sweep that cannot use its study waits without a pod, and goes on once fixed.

All sweeps wait for nothing but their databases, so they run side by side.
"""

from __future__ import annotations

from typing import Any

import pytest

from tests.builders import changed, study
from tests.e2e.place import Place, make_secret
from tests.e2e.postgres import Postgres

Json = dict[str, Any]

WAIT_SECONDS = 25
CREATE_TABLES, NARROW, TWO_SWEEPS = "may not create tables", "e2e_gate_narrow", "a study of an earlier sweep"
STRANGER = "e2e_gate_stranger"
# By name of the sweep: the reason, the failed row, and words of the sentence.
FAILURES = {
    "no-permission": ("InsufficientRights", "permissions", ("permission denied", CREATE_TABLES, "GRANT USAGE, CREATE")),
    "few-connections": ("TooFewConnections", "connections", ("need 4 connections", f"login `{NARROW}`", "allows 3")),
    "newer-optuna": ("SchemaTooNew", "schema", ("revision `v9.9.9.a`", "newer than", "Upgrade HPOSweep")),
    "older-optuna": ("SchemaTooOld", "schema", ("revision `v2.6.0.a`", "older than", "optuna storage upgrade")),
    "other-owner": ("StudyOwnedByAnother", "study", (TWO_SWEEPS, "belongs to another sweep", "spec.study.name")),
}


@pytest.fixture(scope="module")
def waiting(shared: Place, postgres: Postgres) -> Place:
    """All sweeps, each stopped at the gate."""
    databases = {name: postgres.create(f"{shared.name}-{name}") for name in FAILURES if name != "other-owner"}
    postgres.create_user(STRANGER, postgres.password)
    postgres.create_user(NARROW, postgres.password)
    databases["few-connections"].rows(f"alter role {NARROW} connection limit 3")
    databases["few-connections"].rows(f"grant create on schema public to {NARROW}")
    for name in databases:
        user = {"no-permission": STRANGER, "few-connections": NARROW}.get(name, "optuna")
        make_secret(shared.server, shared.name, name, uri=postgres.url(f"{shared.name}-{name}", user=user))
    for name, revision in {"newer-optuna": "v9.9.9.a", "older-optuna": "v2.6.0.a"}.items():
        owner = _sweep(shared, f"{name}-first", name, replicas=0)
        shared.apply(owner)
        shared.until_condition(f"{name}-first", "StorageReady", seconds=WAIT_SECONDS)
        databases[name].rows("update alembic_version set version_num = %(revision)s", {"revision": revision})
    owner = shared.sweep("owner", replicas=0)
    owner["spec"]["study"]["name"] = TWO_SWEEPS
    shared.apply(owner)
    shared.until_condition("owner", "StorageReady", seconds=WAIT_SECONDS)
    shared.apply(*(_sweep(shared, name, name) for name in FAILURES))
    for name, (reason, _, _) in FAILURES.items():
        shared.until_condition(name, "StorageReady", "False", reason=reason, seconds=WAIT_SECONDS)
    return shared


def _sweep(place: Place, name: str, secret: str, replicas: int = 1) -> Json:
    sweep = place.sweep(name, most=2, replicas=replicas)
    if secret == "other-owner":
        named = study(direction="Minimize", objective="loss", name=TWO_SWEEPS, adopt=True)
        return changed(sweep, "spec.study", named)
    return changed(sweep, "spec.study.storage", {"secretRef": {"name": secret, "key": "uri"}})


@pytest.mark.parametrize("name", FAILURES)
def test_a_closed_gate_says_why_and_creates_nothing(waiting: Place, name: str) -> None:
    reason, check, words = FAILURES[name]
    condition = waiting.conditions(name)["StorageReady"]
    assert (condition["status"], condition["reason"]) == ("False", reason)
    assert [word for word in words if word not in condition["message"]] == []
    row = waiting.status(name)["storage"][0]
    assert (row["check"], row["outcome"]) == (check, "Failed")
    assert condition["message"].startswith(row["message"].rstrip("…")) or row["message"] in condition["message"]
    assert check in waiting("describe", "hposweep", name)
    assert (waiting.jobs(name), waiting.pods(name)) == ([], [])


@pytest.mark.parametrize("name", FAILURES)
def test_a_fixed_database_goes_on_by_itself(waiting: Place, postgres: Postgres, name: str) -> None:
    database = postgres.database(f"{waiting.name}-{name}")
    match name:
        case "no-permission":
            database.rows(f"grant usage, create on schema public to {STRANGER}")
        case "few-connections":
            database.rows(f"alter role {NARROW} connection limit 20")
        case "newer-optuna" | "older-optuna":
            database.rows("update alembic_version set version_num = 'v3.2.0.a'")
        case _:
            waiting.delete("owner")
    waiting.until_condition(name, "StorageReady", reason="Connected", seconds=50)
    waiting.until_condition(name, "Complete", reason="BudgetReached", seconds=55)
    assert {row["outcome"] for row in waiting.status(name)["storage"]} <= {"Passed", "Warning"}


def test_no_row_shows_a_part_of_a_url(waiting: Place, password: str) -> None:
    rows = waiting("get", "hposweeps", "-o", "yaml")
    assert "permissions" in rows
    assert password not in rows
