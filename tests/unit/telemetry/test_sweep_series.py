"""The series of one sweep: each number that a board draws, computed from one pass."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from hposweep.api.status import UNKNOWN_TIER
from hposweep.model.baseline import Baseline
from hposweep.model.trials import RunningTrial
from hposweep.telemetry.catalog import SWEEP_DEFINITIONS
from hposweep.telemetry.definition import HISTOGRAM
from hpotrial import protocol
from tests import builders
from tests.builders import best_value
from tests.documents import ROOT
from tests.unit import world
from tests.unit.judge.histories import after, failed, trial
from tests.unit.telemetry.scrape import OPENMETRICS, TEXT, Scraper, observed, samples

IMPROVED_BY = {"bestValue": {"improvesBaselineBy": "10%"}}


def seconds(moment: object) -> float:
    assert hasattr(moment, "timestamp")
    return float(moment.timestamp())


def test_counts_of_trials_and_the_share_of_the_budget() -> None:
    scraper, sweep = Scraper(), world.sweep()
    requeued = failed(2, protocol.NODE_LOST, charged=False)
    retried = trial(3, 0.3, attributes={protocol.RETRIED_FROM: 2})
    scraper.passes(sweep, observed(sweep, trial(0, 0.1), failed(1), requeued, retried))
    assert scraper.value("hposweep_trials", state="complete") == 2
    assert scraper.value("hposweep_trials", state="failed") == 2
    assert scraper.value("hposweep_trials_finished") == 3, "the requeued one is not charged"
    assert scraper.value("hposweep_trials_target") == 10
    assert scraper.value("hposweep_budget_used_ratio", budget="trials") == pytest.approx(0.3)
    assert scraper.value("hposweep_budget_used_ratio", budget="time") is None
    assert scraper.value("hposweep_trials_retried") == 1
    failures = scraper.rows("hposweep_trial_failures")
    assert {dict(labels)["class"] for labels in failures} == set(protocol.FAILURE_CLASSES), "a rate needs the zeros"
    assert scraper.value("hposweep_trial_failures", class_=protocol.NODE_LOST) == 1


def test_the_share_of_the_time_goes_on_between_passes_and_stops_with_the_sweep() -> None:
    started = world.NOON - timedelta(seconds=250)
    sweep = world.sweep(budget={"activeDeadlineSeconds": 1000}, status=status_of(startTime=started.isoformat()))
    scraper = Scraper()
    scraper.passes(sweep, observed(sweep, trial(0, 0.1)))
    assert scraper.value("hposweep_budget_used_ratio", budget="time") == 0.25
    scraper.now += timedelta(seconds=250)
    assert scraper.value("hposweep_budget_used_ratio", budget="time") == 0.5
    assert scraper.value("hposweep_start_timestamp_seconds") == seconds(started)


def test_times_of_trials_are_timestamps_of_the_database() -> None:
    scraper, sweep = Scraper(), world.sweep()
    running = (RunningTrial(9, 4, "uid", age_seconds=30.0), RunningTrial(10, 5, "uid", age_seconds=90.0))
    scraper.passes(sweep, observed(sweep, trial(0, 0.1), trial(1, 0.9), trial(2, 0.5), running=running))
    assert scraper.value("hposweep_last_improvement_timestamp_seconds") == seconds(after(120))
    assert scraper.value("hposweep_last_trial_finished_timestamp_seconds") == seconds(after(180))
    oldest = scraper.value("hposweep_oldest_running_trial_start_timestamp_seconds")
    assert oldest is None, "the counts of this study have no running trial"
    study = observed(sweep, trial(0, 0.1), trial(4, state="RUNNING", seconds=90.0), running=running)
    scraper.passes(sweep, study)
    oldest = scraper.value("hposweep_oldest_running_trial_start_timestamp_seconds")
    assert oldest == seconds(world.NOON - timedelta(seconds=90))


def test_before_the_first_trial_there_is_no_number_rather_than_0() -> None:
    scraper, sweep = Scraper(), world.sweep()
    scraper.passes(sweep, observed(sweep))
    for name in (
        "hposweep_best_value",
        "hposweep_last_improvement_timestamp_seconds",
        "hposweep_last_trial_finished_timestamp_seconds",
        "hposweep_oldest_running_trial_start_timestamp_seconds",
        "hposweep_eta_seconds",
        "hposweep_baseline_value",
    ):
        assert scraper.rows(name) == {}, name
    assert scraper.value("hposweep_trial_duration_seconds_count") == 0
    assert scraper.value("hposweep_trials_finished") == 0


def test_durations_are_counted_in_buckets_that_include_their_bound() -> None:
    scraper, sweep = Scraper(), world.sweep()
    times = (0.5, 1.0, 1800.0, 1801.0, 100_000.0, -3.0)
    scraper.passes(sweep, observed(sweep, *(trial(number, 0.1, seconds=time) for number, time in enumerate(times))))
    buckets = {
        dict(labels)["le"]: count for labels, count in scraper.rows("hposweep_trial_duration_seconds_bucket").items()
    }
    assert (buckets["1.0"], buckets["900.0"], buckets["1800.0"]) == (3, 3, 4)
    assert (buckets["86400.0"], buckets["+Inf"]) == (5, 6)
    assert scraper.value("hposweep_trial_duration_seconds_count") == 6
    assert scraper.value("hposweep_trial_duration_seconds_sum") == 0.5 + 1 + 1800 + 1801 + 100_000


def test_best_value_thresholds_and_baseline_are_on_one_scale() -> None:
    criteria = [
        builders.trials_finished(1),
        best_value(greater_than=0.7),
        {"anyOf": [builders.trials_finished(9), IMPROVED_BY]},
        best_value(greater_than=0.8, where={"x": 1}),  # not a threshold of the best of all
    ]
    tiers = {"minimum": criteria, "full": [best_value(greater_than=0.9)]}
    scraper, sweep = Scraper(), world.sweep(success=tiers, baseline={"value": 0.5, "trials": 20})
    scraper.passes(sweep, observed(sweep, trial(0, 0.75), baseline=Baseline(best=0.5, trials=20)))
    assert scraper.value("hposweep_best_value", objective="score", direction="maximize") == 0.75
    thresholds = {
        tuple(value for _, value in labels): value
        for labels, value in scraper.rows("hposweep_best_value_threshold").items()
    }
    assert thresholds == {
        ("score", "1", "minimum"): 0.7,
        ("score", "2.1", "minimum"): pytest.approx(0.55),
        ("score", "0", "full"): 0.9,
    }
    assert scraper.value("hposweep_baseline_value", objective="score") == 0.5
    assert scraper.value("hposweep_baseline_trials") == 20


def test_each_objective_has_its_best_value_and_the_latest_of_them_is_the_improvement() -> None:
    goals = [{"name": "loss", "direction": "Minimize"}, {"name": "speed", "direction": "Maximize"}]
    scraper, sweep = Scraper(), world.sweep(study={"objectives": goals})
    scraper.passes(sweep, observed(sweep, trial(0, (0.1, 5.0)), trial(1, (0.4, 9.0)), trial(2, (0.5, 1.0))))
    assert scraper.value("hposweep_best_value", objective="loss", direction="minimize") == 0.1
    assert scraper.value("hposweep_best_value", objective="speed", direction="maximize") == 9.0
    assert scraper.value("hposweep_last_improvement_timestamp_seconds") == seconds(after(120))


def test_the_forecast_has_an_interval() -> None:
    scraper, sweep = Scraper(), world.sweep(trials={"max": 100})
    scraper.passes(sweep, observed(sweep, *(trial(number, 0.1) for number in range(20))))
    low, middle, high = (scraper.value(f"hposweep_eta_{end}seconds") for end in ("low_", "", "high_"))
    assert low is not None
    assert middle is not None
    assert high is not None
    assert 0 < low <= middle <= high


def test_a_tier_has_one_outcome() -> None:
    scraper, sweep = (
        Scraper(),
        world.sweep(success={"minimum": [builders.trials_finished(1)], "full": [best_value(greater_than=9)]}),
    )
    scraper.passes(sweep, observed(sweep, trial(0, 0.1)))
    assert scraper.value("hposweep_tier_outcome", tier="minimum", outcome="true") == 1
    assert scraper.value("hposweep_tier_outcome", tier="minimum", outcome="unknown") == 0
    assert scraper.value("hposweep_tier_outcome", tier="full", outcome="unknown") == 1


def test_the_verdict_is_the_highest_tier_that_holds_and_absent_without_tiers() -> None:
    tiers = {"minimum": [builders.trials_finished(1)], "full": [best_value(greater_than=9)]}
    for success, rows in (
        (tiers, {(("verdict", "minimum"),): 1.0}),
        ({"full": tiers["full"]}, {(("verdict", UNKNOWN_TIER),): 1.0}),
        ({}, {}),
    ):
        scraper, sweep = Scraper(), world.sweep(success=success)
        scraper.passes(sweep, observed(sweep, trial(0, 0.1)))
        assert scraper.rows("hposweep_verdict") == rows


def test_workers_conditions_and_findings() -> None:
    scraper, sweep = Scraper(), world.sweep()
    scraper.passes(sweep, observed(sweep, *(failed(number) for number in range(8))))
    assert scraper.value("hposweep_workers", state="running") == 1
    assert scraper.value("hposweep_status_condition", condition="Healthy", status="false") == 1
    assert scraper.value("hposweep_status_condition", condition="Healthy", status="true") == 0
    findings = [dict(labels) for labels in scraper.rows("hposweep_health_finding")]
    reasons = [
        dict(labels)["reason"]
        for labels in scraper.rows("hposweep_status_condition_reason")
        if dict(labels)["condition"] == "Healthy"
    ]
    assert reasons == [findings[0]["reason"]] == ["TooManyFailures"]
    assert findings[0]["severity"] == "warning"


def test_checks_of_the_last_preflight_are_counted_with_those_that_have_no_row() -> None:
    rows = [
        {"check": "path", "name": "/data", "outcome": "Failed"},
        {"check": "disk", "name": "/", "outcome": "Passed"},
    ]
    run = {"attempt": 2, "input": "0f", "outcome": "Failed", "time": world.NOON.isoformat(), "omitted": {"Passed": 4}}
    sweep = world.sweep(preflight={}, status=status_of(preflight=rows, preflightRun=run))
    scraper = Scraper()
    scraper.passes(sweep, observed(sweep))
    counts = {
        word: scraper.value("hposweep_preflight_checks", outcome=word) for word in ("failed", "warning", "passed")
    }
    assert counts == {"failed": 1, "warning": 0, "passed": 5}
    scraper = Scraper()
    scraper.passes(world.sweep(), observed(world.sweep()))
    assert not scraper.rows("hposweep_preflight_checks")


def test_a_decision_that_waits_has_a_time_and_a_deadline_until_it_is_answered() -> None:
    point = {
        "name": "half",
        "at": {"trials": 1},
        "rules": [{"when": builders.trials_finished(1), "then": "Ask"}],
        "otherwise": "Continue",
    }
    scraper, sweep = Scraper(), world.sweep(decisionPoints=[point])
    scraper.passes(sweep, observed(sweep, trial(0, 0.1)))
    assert scraper.value("hposweep_decision_pending") == 1
    since = scraper.value("hposweep_decision_pending_since_timestamp_seconds", decision="half")
    until = scraper.value("hposweep_decision_deadline_timestamp_seconds", decision="half")
    assert since == seconds(world.NOON)
    assert until == seconds(world.NOON + timedelta(seconds=7200))
    answered = world.sweep(decisionPoints=[point], answers=[{"decision": "half", "answer": "Continue"}])
    scraper.passes(answered, observed(answered, trial(0, 0.1)))
    assert scraper.value("hposweep_decision_pending") == 0
    assert scraper.rows("hposweep_decision_deadline_timestamp_seconds") == {}


def test_info_has_the_state_the_database_and_the_labels_that_the_setting_names() -> None:
    scraper = Scraper(metrics_labels={"label_team": "team", "label_example_com_cost": "example.com/cost"})
    sweep = replace(world.sweep(owner="ada@example.org"), labels={"team": "vision", "secret": "no"})
    scraper.passes(sweep, observed(sweep, trial(0, 0.1)), database="0123456789ab")
    (row,) = scraper.rows("hposweep_info")
    assert dict(row) == {
        "uid": world.UID,
        "study": "default.digits",
        "state": "Running",
        "database": "0123456789ab",
        "owner": "ada@example.org",
        "label_team": "vision",
        "label_example_com_cost": "",
    }


@pytest.mark.parametrize("accept", [TEXT, OPENMETRICS])
def test_both_formats_have_the_same_series(accept: str) -> None:
    scraper, sweep = Scraper(), world.sweep(success={"minimum": [builders.trials_finished(1)]})
    scraper.passes(sweep, observed(sweep, trial(0, 0.1), failed(1)))
    assert samples(scraper.exposition, accept) == samples(scraper.exposition, TEXT)
    names = {name.removesuffix("_bucket") for name, _ in samples(scraper.exposition, accept)}
    assert {"hposweep_info", "hposweep_trials", "hposweep_trial_duration_seconds"} <= names


def test_every_sample_is_of_a_definition_and_has_its_labels() -> None:
    scraper, sweep = Scraper(), world.sweep(success={"minimum": [best_value(greater_than=0.0)]})
    scraper.passes(sweep, observed(sweep, trial(0, 0.1), failed(1)), database="0123456789ab")
    definitions = {definition.name: definition for definition in SWEEP_DEFINITIONS}
    checked = 0
    for name, labels in samples(scraper.exposition):
        for suffix in ("_bucket", "_count", "_sum"):
            name = name.removesuffix(suffix)
        if not name.startswith("hposweep_operator_"):
            definition = definitions[name]
            expected = {"namespace", "hposweep", *definition.labels}
            assert {label for label, _ in labels} - {"le"} == expected, name
            assert definition.kind == HISTOGRAM or "le" not in dict(labels)
            checked += 1
    assert checked > 50


TIER = {"minimum": [builders.trials_finished(1)]}
TIERS = TIER | {"full": [builders.trials_finished(2)]}
GOALS = [{"name": "loss", "direction": "Minimize"}, {"name": "speed", "direction": "Maximize"}]


@pytest.mark.parametrize(
    ("sentence", "before", "after_it"),
    [
        ("further tier adds 7", {"success": TIER}, {"success": TIERS}),
        ("criterion `bestValue` 1", {"success": TIER}, {"success": {"minimum": [best_value(greater_than=0.0)]}}),
        ("further objective 1", {"study": {"objectives": GOALS[:1]}}, {"study": {"objectives": GOALS}}),
    ],
)
def test_the_page_says_what_a_part_of_the_spec_adds(sentence: str, before: Any, after_it: Any) -> None:
    page = " ".join((ROOT / "docs/reference/metrics.md").read_text().split())
    (documented,) = re.findall(re.escape(sentence.rstrip("0123456789")) + r"(\d+)", page)
    assert sentence.endswith(documented)
    assert series_count(after_it) - series_count(before) == int(documented)


def series_count(spec: Any) -> int:
    """Return the number of series of a sweep with one trial."""
    scraper, sweep = Scraper(), world.sweep(**spec)
    values = tuple(0.1 for _ in sweep.spec.study.objectives)
    scraper.passes(sweep, observed(sweep, trial(0, values)))
    return sum(not name.startswith("hposweep_operator_") for name, _ in samples(scraper.exposition))


def status_of(**fields: object) -> dict[str, object]:
    """Return the smallest status that can be read, with these fields."""
    texts = {"state": "Running", "message": "", "progress": "0/10", "selector": "", "study": {"name": "default.digits"}}
    return {"observedGeneration": 1, "trials": {"max": 10}, "workers": {"desired": 1}, "replicas": 0, **texts, **fields}
