"""How long a sweep has series, and what a sweep costs the others whose status cannot be exported."""

from __future__ import annotations

import logging
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import pytest
import yaml

from hposweep.api.conditions import Condition
from hposweep.api.status import BestStatus, HealthStatus, Status, TierStatus, TrialsStatus
from hposweep.api.sweep import Sweep
from hposweep.judge.judge import judge
from hposweep.report.status import report
from hposweep.telemetry.series.identity import STATES
from tests.documents import ROOT
from tests.unit import world
from tests.unit.judge.histories import trial
from tests.unit.telemetry.scrape import OPENMETRICS, TEXT, Scraper, observed, samples

DAY = timedelta(days=1)


def named(name: str) -> Sweep:
    return world.sweep(name)


def healthy(sweep: Sweep) -> Status:
    seen = observed(sweep, trial(0, 0.1))
    return report(sweep, seen, judge(sweep, seen), world.NOON)


def test_a_deleted_sweep_is_gone_from_the_next_scrape() -> None:
    scraper = Scraper()
    for name in ("digits", "letters"):
        scraper.metrics.show(named(name), healthy(named(name)))
    scraper.metrics.forget("default", "digits")
    assert {dict(labels).get("hposweep", "letters") for _, labels in samples(scraper.exposition)} == {"letters"}


def test_a_scrape_may_ask_for_some_names() -> None:
    scraper = Scraper()
    scraper.metrics.show(named("digits"), healthy(named("digits")))
    names = {"hposweep_trials_finished", "hposweep_operator_sweeps"}
    assert {name for name, _ in samples(scraper.exposition, names=names)} == names
    assert samples(scraper.exposition, names=["hposweep_nothing"]) == {}


def test_a_sweep_of_the_same_name_inherits_no_numbers() -> None:
    scraper, sweep = Scraper(), named("digits")
    scraper.passes(sweep, observed(sweep, trial(0, 0.1)), database="0123456789ab")
    successor = replace(sweep, uid="another")
    scraper.metrics.show(successor, replace(healthy(sweep), best=None))
    assert scraper.rows("hposweep_best_value") == scraper.rows("hposweep_trial_duration_seconds_count") == {}
    (info,) = scraper.rows("hposweep_info")
    assert (dict(info)["uid"], dict(info)["database"]) == ("another", "")


def test_an_error_of_the_database_keeps_the_last_numbers() -> None:
    scraper, sweep = Scraper(), named("digits")
    scraper.passes(sweep, observed(sweep, trial(0, 0.1)), database="0123456789ab")
    sweep = replace(sweep, status=healthy(sweep))
    scraper.passes(sweep, world.seen(world.LOST, jobs=(world.job(),)))
    assert scraper.value("hposweep_trial_duration_seconds_count") == 1
    assert scraper.value("hposweep_best_value", objective="score", direction="maximize") == 0.1
    assert scraper.value("hposweep_status_condition", condition="StorageReady", status="true") == 0


@pytest.mark.parametrize(("age", "is_shown"), [(DAY - timedelta(seconds=1), True), (DAY, False)])
def test_an_ended_sweep_is_shown_for_a_day_and_counted_afterwards(age: timedelta, is_shown: bool) -> None:
    scraper, sweep = Scraper(), named("digits")
    ended = replace(healthy(sweep), state="Complete", completion_time=world.NOON - age)
    scraper.metrics.show(sweep, ended)
    assert bool(scraper.rows("hposweep_trials")) is bool(scraper.rows("hposweep_info")) is is_shown
    assert scraper.registry.get_sample_value("hposweep_operator_sweeps", {"state": "Complete"}) == 1
    assert scraper.registry.get_sample_value("hposweep_operator_sweeps", {"state": "Running"}) == 0


@pytest.mark.parametrize(("setting", "is_shown"), [(0.0, False), (1e300, True)])
def test_the_setting_changes_the_time_after_the_end(setting: float, is_shown: bool) -> None:
    scraper, sweep = Scraper(metrics_ended_seconds=setting), named("digits")
    scraper.metrics.show(sweep, replace(healthy(sweep), completion_time=world.NOON))
    assert bool(scraper.rows("hposweep_trials")) is is_shown


# What a status written by hand, or by another version, may hold in spite of its class.
ODD: dict[str, dict[str, Any]] = {
    "a word for a number": {"trials": TrialsStatus(10, complete="three")},  # type: ignore[arg-type]
    "no trials": {"trials": None},
    "a failure count that is no number": {"trials": TrialsStatus(10, failures={"OutOfMemory": None})},  # type: ignore[dict-item]
    "a number that no float can hold": {"trials": TrialsStatus(10, complete=10**400)},
    "a time without a zone": {"completion_time": datetime(2026, 1, 1)},  # as a hand writes it
    "a time that is a word": {"start_time": "yesterday"},
    "no name of the study": {"study": None},
    "a tier without criteria": {"success": (TierStatus("minimum", "True", None),)},  # type: ignore[arg-type]
    "a finding that is a word": {"health": ("TooManyFailures",)},
    "a condition that is a word": {"conditions": ("Healthy",)},
}


@pytest.mark.parametrize("fields", ODD.values(), ids=ODD.keys())
@pytest.mark.parametrize("accept", [TEXT, OPENMETRICS])
def test_an_odd_status_costs_its_own_rows_only(
    fields: dict[str, Any], accept: str, caplog: pytest.LogCaptureFixture
) -> None:
    scraper = Scraper()
    scraper.metrics.show(named("letters"), healthy(named("letters")))
    expected = samples(scraper.exposition, accept)
    scraper.metrics.show(named("digits"), replace(healthy(named("digits")), **fields))
    with caplog.at_level(logging.WARNING):
        series = samples(scraper.exposition, accept)
        samples(scraper.exposition, accept)
    assert {key: value for key, value in series.items() if not key[0].startswith("hposweep_operator_")} == {
        key: value for key, value in expected.items() if not key[0].startswith("hposweep_operator_")
    }
    assert series["hposweep_operator_sweeps_without_metrics", frozenset()] == 1
    assert [record.message.partition(":")[0] for record in caplog.records] == [
        "metrics of sweep `default/digits` are left out"
    ], "logged once, not at every scrape"


@pytest.mark.parametrize("value", [float("nan"), float("inf"), float("-inf")])
def test_a_best_value_that_is_no_number_costs_only_its_own_series(value: float) -> None:
    scraper, sweep = Scraper(), named("digits")
    scraper.metrics.show(sweep, replace(healthy(sweep), best=BestStatus(0, value, {"score": value}, {})))
    assert scraper.rows("hposweep_best_value") == {}
    assert scraper.value("hposweep_trials_finished") == 1
    assert scraper.registry.get_sample_value("hposweep_operator_sweeps_without_metrics") == 0


def test_words_outside_a_closed_list_become_one_word() -> None:
    scraper, sweep = Scraper(), named("digits")
    condition = Condition("Healthy", "Perhaps", "Invented", "", 1, world.NOON)
    odd = replace(
        healthy(sweep),
        state="Levitating",
        conditions=(condition, replace(condition, reason="Twice")),
        health=(HealthStatus("Invented", "Grave", "", ""),),
    )
    scraper.metrics.show(sweep, odd)
    assert scraper.value("hposweep_status_condition_reason", condition="Healthy", reason="Other") == 1
    assert list(scraper.rows("hposweep_status_condition").values()) == [0, 0, 0]
    assert scraper.value("hposweep_health_finding", reason="Other", severity="other") == 1
    assert dict(next(iter(scraper.rows("hposweep_info"))))["state"] == "Other"
    assert scraper.registry.get_sample_value("hposweep_operator_sweeps", {"state": "Other"}) == 1


def test_the_states_are_those_of_the_resource() -> None:
    (version,) = yaml.safe_load((ROOT / "manifests/base/crd/hposweeps.hposweep.dev.yaml").read_text())["spec"][
        "versions"
    ]
    status = version["schema"]["openAPIV3Schema"]["properties"]["status"]["properties"]
    assert list(STATES) == status["state"]["enum"]


HOSTILE = {
    "quote": 'a"} 1\nhposweep_trials{state="x',
    "backslash": "a\\",
    "newlines": "a\nb\r\nc",
    "comment": "# HELP hposweep_trials",
    "surrogate": "a\ud800b",
    "zero": "a\x00b",
    "emoji": "🦜 日本",
    "long": "x" * 10_000,
}


@pytest.mark.parametrize("text", HOSTILE.values(), ids=HOSTILE.keys())
@pytest.mark.parametrize("accept", [TEXT, OPENMETRICS])
def test_a_hostile_name_stays_inside_its_label(text: str, accept: str) -> None:
    scraper = Scraper(metrics_labels={"label_team": "team"})
    sweep = replace(named("digits"), labels={"team": text})
    status = healthy(sweep)
    scraper.metrics.show(sweep, replace(status, study=replace(status.study, name=text)))
    (info,) = [labels for name, labels in samples(scraper.exposition, accept) if name == "hposweep_info"]
    expected = text.encode("utf-8", "replace").decode() if len(text) <= 256 else f"{text[:255]}…"
    assert (dict(info)["study"], dict(info)["label_team"]) == (expected, expected)
    assert {name.startswith("hposweep_") for name, _ in samples(scraper.exposition, accept)} == {True}
