"""The rows of the storage gate."""

from __future__ import annotations

from dataclasses import replace

import pytest

from hposweep.api import conditions as c
from hposweep.api.preflight import CheckStatus
from hposweep.api.sweep import Sweep
from hposweep.judge.judge import judge
from hposweep.judge.storage_checks import storage_checks
from hposweep.model.gate import Gate
from hposweep.model.storage import Limit, Probe, Storage
from hposweep.report.status import report
from hpotrial.protocol.preflight import Finding
from tests.unit import world

OPEN = Gate(True, "Connected", "")
PROBE = Probe("require", "TLSv1.3", "v3.2.0.a", 0.0123, 2.4)


def measured(sweep: Sweep, *, gate: Gate = OPEN, probe: Probe = PROBE, **fields: object) -> dict[str, Finding]:
    limits = (Limit("the server", 10, 1), Limit("login", 5, 0))
    storage = Storage(True, study=world.study(sweep), limits=limits, probe=probe)
    return by_check(sweep, replace(storage, **fields), gate)  # type: ignore[arg-type]  # fields of a dataclass


def by_check(sweep: Sweep, storage: Storage, gate: Gate) -> dict[str, Finding]:
    return {row.check: row for row in storage_checks(sweep, world.seen(storage), gate)}


def with_rows(sweep: Sweep, *rows: CheckStatus) -> Sweep:
    observation = world.seen()
    status = report(sweep, observation, judge(sweep, observation), world.NOON)
    return replace(sweep, status=replace(status, storage=rows))


def test_each_check_that_passes_has_a_row_with_its_numbers() -> None:
    rows = measured(world.sweep())
    assert {row.outcome for row in rows.values()} == {"Passed"}
    assert {check: (row.value, row.threshold) for check, row in rows.items() if row.value} == {
        "tls": ("TLSv1.3", "require"),
        "schema": ("revision v3.2.0.a", ""),
        "latency": ("10 ms", "at most 100 ms"),
        "clock": ("2 seconds", "at most 30 seconds"),
        "connections": ("5 free", "at least 4"),
        "study": ("owned by this sweep", ""),
    }


@pytest.mark.parametrize(
    ("reason", "check"),
    [
        (c.TLS_FAILED, "tls"),
        (c.INSUFFICIENT_RIGHTS, "permissions"),
        (c.SCHEMA_TOO_OLD, "schema"),
        (c.SCHEMA_TOO_NEW, "schema"),
        (c.TOO_FEW_CONNECTIONS, "connections"),
        (c.STUDY_OWNED_BY_ANOTHER, "study"),
        (c.STUDY_MISMATCH, "study"),
        (c.SECRET_NOT_FOUND, "connection"),
        (c.CONNECTION_FAILED, "connection"),
    ],
)
@pytest.mark.parametrize("is_reachable", [True, False])
def test_the_row_of_a_closed_gate_has_its_sentence_and_comes_first(
    reason: str, check: str, *, is_reachable: bool
) -> None:
    sweep = world.sweep()
    storage = Storage(is_reachable, study=world.study(sweep) if is_reachable else None, probe=PROBE)
    first, *others = storage_checks(sweep, world.seen(storage), Gate(False, reason, "the sentence"))
    assert (first.check, first.outcome, first.message) == (check, "Failed", "the sentence")
    assert check not in {row.check for row in others}
    assert bool(others) is is_reachable


@pytest.mark.parametrize(
    ("database", "server", "outcome", "words"),
    [
        (29.4, None, "Passed", ""),
        (20.0, -20.0, "Warning", "clock of the database is 40 seconds ahead of that of the API server"),
        (0.0, 45.0, "Warning", "clock of the API server is 45 seconds ahead of that of the "),
        (-31.0, 0.0, "Warning", "is 31 seconds ahead of that of the database"),
    ],
)
def test_the_clock_compares_all_clocks_with_each_other(
    database: float, server: float | None, outcome: str, words: str
) -> None:
    row = measured(world.sweep(), probe=replace(PROBE, ahead_seconds=database), server_ahead_seconds=server)["clock"]
    assert row.outcome == outcome
    assert words in row.message


@pytest.mark.parametrize(
    ("sslmode", "encryption", "outcome"),
    [
        ("prefer", "", "Warning"),
        ("allow", "", "Warning"),
        ("prefer", "TLSv1.3", "Passed"),
        ("allow", "TLSv1.3", "Passed"),
        ("disable", "", "Passed"),
        ("", "", "Passed"),
    ],
)
def test_tls_that_the_url_only_prefers_and_did_not_get_is_told(sslmode: str, encryption: str, outcome: str) -> None:
    row = measured(world.sweep(), probe=replace(PROBE, sslmode=sslmode, encryption=encryption))["tls"]
    assert (row.outcome, row.value, row.threshold) == (outcome, encryption or "not encrypted", sslmode or "not set")
    assert (f"`sslmode={sslmode}`" in row.message) is (outcome == "Warning")


def test_a_passed_measurement_stays_as_it_was_and_a_warning_does_not() -> None:
    sweep = world.sweep()
    before = CheckStatus("latency", "median query", "Passed", "3 ms", "at most 100 ms")
    late = CheckStatus("clock", "clocks", "Warning", "45 seconds", "at most 30 seconds", "ahead")
    later = with_rows(sweep, before, late)
    rows = measured(later)
    assert rows["latency"].value == "3 ms"
    assert (rows["clock"].outcome, rows["clock"].value) == ("Passed", "2 seconds")
    slow = measured(later, probe=replace(PROBE, latency_seconds=0.25))["latency"]
    assert (slow.outcome, slow.value) == ("Warning", "200 ms")


def test_once_workers_run_the_rows_of_the_start_stay() -> None:
    row = CheckStatus("tls", "spec.study.storage.tls, sslmode of the URL", "Passed", "TLSv1.3", "require")
    sweep = with_rows(world.sweep(), row)
    observation = world.seen(world.LOST, jobs=(world.job(),))
    rows = storage_checks(sweep, observation, Gate(False, c.CONNECTION_FAILED, "refused"))
    assert [(entry.check, entry.outcome, entry.value) for entry in rows] == [("tls", "Passed", "TLSv1.3")]
