"""`trials.jsonl` says of every trial what Optuna itself says of it."""

from __future__ import annotations

import json
import math
from dataclasses import replace
from pathlib import Path
from typing import Any

import optuna
import pytest

from hposweep.api.spec import StudyObjectiveSpec
from hposweep.cli.judge.trials_file import read_trials
from hposweep.database.dsn import Dsn
from hposweep.database.export import TrialReader
from hposweep.database.study import Studies
from hpotrial.protocol import driver_url
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
        ended = trial.datetime_complete
        assert line["completed"] == (f"{ended.isoformat()}Z" if ended is not None else None)
        assert "feasible" not in line


def test_a_file_is_judged_as_its_database_would_be(postgres: PostgresServer, tmp_path: Path) -> None:
    url = postgres.create_database("judged")
    storage = optuna.storages.RDBStorage(driver_url(url))
    study = optuna.create_study(storage=storage, study_name="s", directions=["minimize"] * 2)

    def constrained(trial: optuna.Trial) -> tuple[float, float]:
        trial.set_constraint("c", 1.0 if trial.number == 2 else -1.0)
        return objective(trial)

    study.optimize(constrained, n_trials=12, catch=(RuntimeError,))
    study.ask()
    storage.engine.dispose()
    reader = TrialReader(Dsn(url))
    file = tmp_path / "trials.jsonl"
    file.write_text("\n".join(reader.lines("s")))
    reader.close()
    studies = Studies(Dsn(url))
    there = studies.read("s", [False, False])
    assert there is not None
    wanted = studies.history(there.id, there.counts)
    studies.close()
    found = read_trials(str(file), (StudyObjectiveSpec("a", "Minimize"), StudyObjectiveSpec("b", "Minimize")))
    assert [trial.is_feasible for trial in found.trials].count(False) == 1
    for ours, theirs in zip(found.trials, wanted.trials, strict=True):
        rest = {"seconds": None, "attributes": {}, "distributions": None}  # not in the file
        assert replace(ours, **rest) == replace(theirs, **rest)
        if ours.state != "RUNNING":
            assert ours.seconds == pytest.approx(theirs.seconds, abs=1e-3)


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


class EveryChoice(optuna.samplers.RandomSampler):
    """Takes the choices in turn."""

    def sample_independent(self, study: object, trial: optuna.trial.FrozenTrial, name: str, distribution: Any) -> Any:
        return distribution.choices[trial.number % len(distribution.choices)]


def test_numbers_that_json_lacks_are_text_in_the_file_and_read_back(postgres: PostgresServer, tmp_path: Path) -> None:
    url = postgres.create_database("not-finite")
    storage = optuna.storages.RDBStorage(driver_url(url))
    study = optuna.create_study(storage=storage, study_name="s", sampler=EveryChoice())

    def odd(trial: optuna.Trial) -> float:
        trial.suggest_categorical("scale", [math.nan, math.inf, -math.inf, 1.0, 2**80])
        trial.suggest_categorical("layers", [[16], [16, [32, None]]])
        trial.set_user_attr("noise", {"a": [1, None, math.nan, -math.inf], "nul": "a\x00b", "half": "\ud800"})
        trial.report(math.nan, 0)
        trial.set_constraint("ms", -math.inf)
        return math.inf if trial.number == 3 else float(trial.number)

    study.optimize(odd, n_trials=10)
    reader = TrialReader(Dsn(url))
    text = "\n".join(reader.lines("s"))
    reader.close()
    storage.engine.dispose()
    lines = [json.loads(line, parse_constant=pytest.fail) for line in text.splitlines()]
    assert [line["params"]["scale"] for line in lines[:5]] == ["NaN", "Infinity", "-Infinity", 1.0, 2**80]
    assert lines[0]["params"]["layers"] == [16]
    assert lines[3]["values"] == ["Infinity"]
    assert lines[0]["attributes"]["noise"] == {"a": [1, None, "NaN", "-Infinity"], "nul": "a\x00b", "half": "?"}

    file = tmp_path / "trials.jsonl"
    file.write_text(text)
    goals = (StudyObjectiveSpec("loss", "Minimize"),)
    read = read_trials(str(file), goals).trials
    studies = Studies(Dsn(url))
    stored_study = studies.read("s", [False])
    assert stored_study is not None
    stored = studies.history(stored_study.id, stored_study.counts).trials
    studies.close()
    assert [(trial.params, trial.values) for trial in read] == [(trial.params, trial.values) for trial in stored]
    assert stored_study.best.trial is not None
    assert stored_study.best.trial.params == {"scale": "NaN", "layers": (16,)}
