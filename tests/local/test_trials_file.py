"""`trials.jsonl` says of every trial what Optuna itself says of it."""

from __future__ import annotations

import json
import math

import optuna

from hposweep.database.dsn import Dsn
from hposweep.database.export import TrialReader
from hpotrial.contract import driver_url
from tests.postgres_server import PostgresServer


def objective(trial: optuna.Trial) -> tuple[float, float]:
    x = trial.suggest_float("x", 0.1, 10, log=True)
    kind = trial.suggest_categorical("kind", ["a", None, 3, True])
    trial.suggest_int("n", 1, 9, step=2)
    trial.set_user_attr("note", {"deep": [1, "ü", None]})
    if trial.number == 3:
        raise RuntimeError("broken")
    return (math.inf, x) if trial.number == 4 else (x, -math.inf if kind == 3 else 1.0)


def test_every_trial_is_a_line_as_optuna_has_it(postgres: PostgresServer) -> None:
    url = postgres.create_database("export")
    storage = optuna.storages.RDBStorage(driver_url(url))
    study = optuna.create_study(
        storage=storage, study_name="s", directions=["minimize"] * 2, sampler=optuna.samplers.RandomSampler(1)
    )
    study.optimize(objective, n_trials=12, catch=(RuntimeError,))
    study.enqueue_trial({"x": 1.0})
    study.ask()
    study.enqueue_trial({"x": 2.0})
    reader = TrialReader(Dsn(url))
    lines = [json.loads(line) for line in reader.lines("s")]
    assert list(reader.lines("no such study")) == []
    reader.close()
    trials = study.get_trials()
    storage.engine.dispose()
    assert len(lines) == len(trials) == 14
    for line, trial in zip(lines, trials, strict=True):
        assert line["number"] == trial.number
        assert line["state"] == trial.state.name
        assert line["params"] == trial.params
        assert line["attributes"] == trial.user_attrs
        values = [float(value) for value in line["values"]] if line["values"] else None
        assert values == trial.values
        took = trial.duration.total_seconds() if trial.duration else None
        assert line["seconds"] == (round(took, 3) if took is not None else None)


def test_a_pruned_trial_has_its_last_report_as_a_value(postgres: PostgresServer) -> None:
    url = postgres.create_database("pruned")
    storage = optuna.storages.RDBStorage(driver_url(url))
    study = optuna.create_study(storage=storage, study_name="p")
    trial = study.ask()
    trial.report(5.0, 1)
    study.tell(trial, state=optuna.trial.TrialState.PRUNED)
    storage.engine.dispose()
    reader = TrialReader(Dsn(url))
    (line,) = [json.loads(line) for line in reader.lines("p")]
    reader.close()
    assert (line["state"], line["values"]) == ("PRUNED", [5.0])
