"""Verdicts on a cluster: what a second sweep may say against a first one, and what a lost database does to them."""

from __future__ import annotations

import time
from typing import Any

import optuna
from optuna.storages import RDBStorage

from hpotrial import protocol
from tests import builders
from tests.builders import best_value, trials_finished
from tests.e2e.place import Place, make_secret
from tests.e2e.postgres import Postgres

Json = dict[str, Any]

FIRST, SECOND = 20, 60
MOST = 40
AWAY_SECONDS = 12
SUCCESS = {
    "minimum": [trials_finished(2)],
    "full": [best_value(less_than=1e9)],
    "exceptional": [best_value(less_than=-1.0)],  # the least of (x - 2)² is 0
}
TIERS = ("MinimumSuccess", "FullSuccess", "ExceptionalSuccess")


def criterion(place: Place, name: str, kind: str) -> Json:
    rows = [row for tier in place.status(name)["success"] for row in tier["criteria"]]
    return next(dict(row) for row in rows if row["criterion"] == kind)


def test_a_second_sweep_says_of_the_first_what_it_may_say(place: Place) -> None:
    place.apply(place.sweep("v2", most=FIRST, seconds=0.05))
    place.until_condition("v2", "Complete", reason="BudgetReached")
    first = place.status("v2")["best"]["values"]["loss"]
    success = {"minimum": [{"bestValue": {"improvesBaselineBy": "5%"}}], "full": [{"improvementIsReal": {}}]}
    baseline = {"study": place.study("v2")}
    place.apply(place.sweep("v3", most=SECOND, seconds=0.05, baseline=baseline, success=success))
    place.until_condition("v3", "Complete", reason="BudgetReached")
    status = place.status("v3")
    found = status["baseline"]
    assert (found["study"], found["trials"], found["best"]) == (place.study("v2"), FIRST, first)
    assert f"the first {FIRST} trials of each" in found["message"]
    assert f"with {SECOND} against {FIRST} trials, chance alone gives a better value" in found["message"]
    numbers = found["evidence"]
    assert numbers["equalBudget"] == FIRST
    assert 0 < numbers["comparedTrials"] <= FIRST  # those that no result had steered yet
    assert 0 <= numbers["superiorityLow"] <= numbers["superiority"] <= numbers["superiorityHigh"] <= 1
    # Who was better is known from the values themselves; whether that is real nobody knows before both are run again.
    second = status["best"]["values"]["loss"]
    improved = criterion(place, "v3", "bestValue")
    assert improved["threshold"] == first - 0.05 * abs(first)
    assert improved["outcome"] == str(second < improved["threshold"])
    assert criterion(place, "v3", "improvementIsReal")["outcome"] == "Unknown"
    assert place.conditions("v3")["FullSuccess"]["status"] == "Unknown"


def test_a_best_value_of_one_part_of_the_space_counts_the_trials_there(place: Place) -> None:
    x = builders.float_parameter("x", -10.0, 10.0, step=0.5)
    study = builders.study(direction="Minimize", objective="loss", enqueue=[{"x": 2.0}, {"x": 9.0}])
    tiers = {
        "minimum": [best_value(less_than=0.1, where={"x": 2})],
        "full": [best_value(less_than=0.1, where={"x": 9})],
        "exceptional": [best_value(less_than=0.1, where={"x": 9, "no-such": True})],
    }
    place.apply(place.sweep("parts", most=3, replicas=1, searchSpace=[x], study=study, success=tiers))
    refused = place.until_condition("parts", "Accepted", "False", seconds=20)
    assert "unknown parameter" in refused["message"]
    place.patch("parts", success={"exceptional": None})
    place.until_condition("parts", "Complete", reason="BudgetReached")
    rows = {row["tier"]: row for row in place.status("parts")["success"]}
    assert {name: row["outcome"] for name, row in rows.items()} == {"minimum": "True", "full": "False"}
    assert "loss where x is 9 < 0.1: best 49" in rows["full"]["criteria"][0]["message"]


def test_a_baseline_that_is_not_there_is_refused_before_a_worker_starts(place: Place) -> None:
    place.apply(place.sweep("lonely", baseline={"study": "never-run"}))
    refused = place.until_condition("lonely", "Accepted", "False", seconds=20)
    assert "`spec.baseline.study`" in refused["message"]
    assert "never-run" in refused["message"]
    assert place.jobs("lonely") == []
    place.patch("lonely", baseline={"study": None, "value": 1.0})
    place.until_condition("lonely", "Complete", reason="BudgetReached")


def test_a_baseline_may_lie_in_the_database_of_another_secret(place: Place, postgres: Postgres) -> None:
    name = f"{place.name}-earlier"
    storage = RDBStorage(protocol.driver_url(postgres.create(name).address()))
    study = optuna.create_study(storage=storage, study_name="of-last-year")
    study.optimize(lambda trial: trial.suggest_float("x", 0, 1) + 7, n_trials=FIRST)
    storage.engine.dispose()
    make_secret(place.server, place.name, "earlier", url=postgres.url(name))
    baseline: Json = {"study": "of-last-year", "storage": {"secretRef": {"name": "earlier", "key": "uri"}}}
    place.apply(place.sweep("v2", most=FIRST, seconds=0.05, baseline=baseline))
    refused = place.until_condition("v2", "Accepted", "False", seconds=20)
    assert "`earlier`" in refused["message"]
    assert "`uri`" in refused["message"]
    assert place.jobs("v2") == []
    baseline["storage"]["secretRef"]["key"] = "url"
    place.patch("v2", baseline=baseline)
    place.until_condition("v2", "Complete", reason="BudgetReached")
    found = place.status("v2")["baseline"]
    assert (found["study"], found["trials"], found["best"]) == ("of-last-year", FIRST, study.best_value)
    assert found["evidence"]["equalBudget"] == FIRST


def test_a_database_that_is_lost_makes_no_tier_false(place: Place, postgres: Postgres) -> None:
    place.apply(place.sweep("judged", most=MOST, seconds=1.0, success=SUCCESS))
    place.until_trials("judged", COMPLETE=3)
    place.until_condition("judged", "FullSuccess")
    with postgres.closed(place.name):
        place.until_condition("judged", "FullSuccess", "Unknown", reason="CannotTell", seconds=30)
        seen = set()
        until_seconds = time.monotonic() + AWAY_SECONDS
        while time.monotonic() < until_seconds:
            found = place.conditions("judged")
            seen |= {(kind, found[kind]["status"], found[kind]["reason"]) for kind in TIERS}
            time.sleep(0.5)
    assert seen == {(kind, "Unknown", "CannotTell") for kind in TIERS}
    for kind in TIERS[:2]:
        place.until_condition("judged", kind, reason="AllCriteriaMet", seconds=60)
    place.until_condition("judged", "Complete", reason="BudgetReached", seconds=120)
    ended = place.conditions("judged")
    assert [ended[kind]["status"] for kind in TIERS] == ["True", "True", "False"]
    assert place.database.counts(place.study("judged"))["charged"] == MOST
