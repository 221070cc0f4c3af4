"""A run starts with the best trials of another study, and beside those of an adopted one."""

from __future__ import annotations

from typing import Any

import optuna

from hpotrial.protocol import START, STORAGE_URL_ENV, driver_url
from tests.builders import study
from tests.local.command import spaced_sweep
from tests.local.conftest import Runner
from tests.postgres_server import PostgresServer


def started(sweep: str, trials: int, **fields: Any) -> dict[str, Any]:
    block = study(direction="Minimize", objective="loss", **fields)
    return spaced_sweep(sweep, trials=trials, study=block, success={})


def test_the_best_of_an_earlier_run_are_tried_first(run: Runner, postgres: PostgresServer) -> None:
    url = postgres.create_database("earlier")
    earlier = run(started("earlier", 6), out="earlier", **{STORAGE_URL_ENV: url})
    assert earlier.wait() == 0, earlier.text()
    warm_start = [{"study": "default.earlier", "top": 2}]
    command = run(started("later", 4, warmStart=warm_start), **{STORAGE_URL_ENV: url})
    assert command.wait() == 0, command.text()
    best = sorted(earlier.trials(), key=lambda trial: trial["values"][0])[:2]
    trials = sorted(command.trials(), key=lambda trial: trial["number"])
    assert [trial["params"]["x"] for trial in trials[:2]] == [trial["params"]["x"] for trial in best]
    assert [trial["attributes"].get(START, {}).get("trial") for trial in trials] == [
        best[0]["number"],
        best[1]["number"],
        None,
        None,
    ]
    assert len(trials) == 4
    assert "2 trials of study `default.earlier` (numbers" in command.status()["studyStart"]["message"]


def test_a_study_that_is_not_there_is_refused_before_a_trial(run: Runner) -> None:
    command = run(started("later", 4, warmStart=[{"study": "nothing", "top": 2}]))
    assert command.wait() == 2
    last = command.text().splitlines()[-1]
    assert "`spec.study.warmStart[0].study`: study `nothing` does not exist in the database" in last
    assert "Secret" not in last


def test_trials_of_an_adopted_study_do_not_count(run: Runner, postgres: PostgresServer) -> None:
    url = postgres.create_database("adopted")
    storage = optuna.storages.RDBStorage(driver_url(url))
    old = optuna.create_study(storage=storage, study_name="old")
    old.optimize(lambda trial: trial.suggest_float("x", -5, 5) ** 2, n_trials=3)
    storage.engine.dispose()
    command = run(started("continued", 4, name="old", adopt=True, countExisting=False), **{STORAGE_URL_ENV: url})
    assert command.wait() == 0, command.text()
    assert len(command.charged()) == 3 + 4
    trials = command.status()["trials"]
    assert (trials["max"], trials["existing"], trials["finished"]) == (7, 3, 7)
