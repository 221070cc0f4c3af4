"""`hposweep study`: the database of a run is opened again, and a study whose sweep is gone finds a new owner."""

from __future__ import annotations

import json
import re
import shutil
import signal
import subprocess
from pathlib import Path

import optuna
import pytest

from hposweep.cli import main
from hposweep.database.connection import Session
from hposweep.database.dsn import Dsn
from hpotrial.protocol import STORAGE_URL_ENV
from tests.builders import changed
from tests.local.command import PROGRAM, spaced_sweep
from tests.local.conftest import Runner
from tests.postgres_server import PostgresServer
from tests.trial.builders import until

STUDY = (*PROGRAM[:-1], "study")
SHARED = changed(changed(spaced_sweep(trials=3), "spec.study.name", "own"), "spec.study.adopt", True)


def study(folder: Path, *words: str) -> str:
    done = subprocess.run([*STUDY, *words], cwd=folder, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return done.stdout


def test_the_database_of_a_run_is_opened_again(run: Runner, folder: Path) -> None:
    command = run(spaced_sweep(trials=3))
    assert command.wait() == 0
    assert "default.spaced" in study(folder, "list")
    shown = study(folder, "show", "--out", "out")
    assert "3 complete, 0 pruned, 0 failed, 0 running, 0 waiting" in shown
    assert "owner     sweep with uid " in shown
    exported = study(folder, "export", "default.spaced")
    assert exported == (command.out / "trials.jsonl").read_text()
    assert command.leftovers() == []


def test_a_run_that_goes_on_is_looked_at_without_a_stop(run: Runner, folder: Path) -> None:
    command = run(spaced_sweep(trials=10, seconds=30))
    command.until_running(0)
    assert re.search(r"default\.spaced .* 2  \w{8}-", study(folder, "list"))


def test_a_served_database_is_open_for_optuna_until_ctrl_c(run: Runner, folder: Path) -> None:
    command = run(spaced_sweep(trials=2))
    assert command.wait() == 0
    serve = subprocess.Popen([*STUDY, "serve"], cwd=folder, stdout=subprocess.PIPE, text=True)
    assert serve.stdout is not None
    serve.stdout.readline()
    url = serve.stdout.readline().split("'")[1]
    storage = optuna.storages.RDBStorage(url)
    assert len(optuna.load_study(study_name="default.spaced", storage=storage).trials) == 2
    storage.engine.dispose()
    serve.send_signal(signal.SIGINT)
    assert serve.stdout.read().endswith("closed\n")
    serve.stdout.close()
    assert serve.wait() == 0
    until(lambda: command.leftovers() == [], "its server has ended")


def lost(run: Runner, postgres: PostgresServer, name: str) -> str:
    """Return the URL of a database with the study of a run whose folder is deleted."""
    url = postgres.create_database(name)
    first = run(SHARED, **{STORAGE_URL_ENV: url})
    assert first.wait() == 0
    shutil.rmtree(first.out)
    return url


LARGER = changed(SHARED, "spec.trials.max", 5)


def test_a_study_whose_folder_is_gone_continues_in_the_same_folder(run: Runner, postgres: PostgresServer) -> None:
    again = run(LARGER, **{STORAGE_URL_ENV: lost(run, postgres, "same")})
    assert again.wait() == 0
    assert len(again.trials()) == 5


def test_another_folder_takes_over_by_the_uid_that_the_refusal_names(run: Runner, postgres: PostgresServer) -> None:
    url = lost(run, postgres, "other")
    refused = run(LARGER, out="again", **{STORAGE_URL_ENV: url})
    assert refused.wait() == 2
    uid = re.search(r"set\s+`spec\.study\.takeOverFrom:\s+([-\w]+)`", refused.text())
    assert uid is not None
    shutil.rmtree(refused.out)
    again = run(changed(LARGER, "spec.study.takeOverFrom", uid[1]), out="again", **{STORAGE_URL_ENV: url})
    assert again.wait() == 0
    assert len(again.trials()) == 5


def test_a_study_whose_folder_is_gone_continues_after_disown(
    run: Runner, folder: Path, postgres: PostgresServer
) -> None:
    url = lost(run, postgres, "disowned")
    assert "study `own` has no owner any more" in study(folder, "disown", "own", "--storage", url)
    again = run(LARGER, out="again", **{STORAGE_URL_ENV: url})
    assert again.wait() == 0
    assert len(again.trials()) == 5


def test_a_study_with_running_trials_is_disowned_only_by_force(
    postgres: PostgresServer, capsys: pytest.CaptureFixture[str]
) -> None:
    url = postgres.create_database("forced")
    storage = optuna.storages.RDBStorage(Dsn(url).reveal_for_optuna())
    created = optuna.create_study(storage=storage, study_name="s")
    created.set_user_attr("hposweep:owner", "some-uid")
    created.ask()
    storage.engine.dispose()
    words = ["study", "disown", "s", "--storage", url]
    assert main(words) == 2
    assert "study `s` has 1 running trial, so its sweep may still run" in capsys.readouterr().err
    assert main([*words, "--force"]) == 0
    session = Session(Dsn(url))
    assert session.run("select count(*) from study_user_attributes where key = 'hposweep:owner'") == [(0,)]
    session.close()


def test_what_cannot_be_opened_is_a_sentence(tmp_path: Path) -> None:
    for words, sentence in (
        (["list"], "--out: which run is meant (got no folder; runs: none here)"),
        (["list", "--out", "nowhere"], "holds no study of a run"),
        (["list", "--storage", "sqlite:///x"], "the value of --storage is an SQLite URL"),
    ):
        done = subprocess.run([*STUDY, *words], cwd=tmp_path, capture_output=True, text=True, check=False)
        assert done.returncode == 2
        assert sentence in done.stderr
    assert list(tmp_path.iterdir()) == []


def test_reports_are_exported_by_step(postgres: PostgresServer, capsys: pytest.CaptureFixture[str]) -> None:
    url = postgres.create_database("reports")
    storage = optuna.storages.RDBStorage(Dsn(url).reveal_for_optuna())
    created = optuna.create_study(storage=storage, study_name="s")
    trial = created.ask()
    trial.report(0.5, 1)
    trial.report(float("inf"), 2)
    trial.report(float("nan"), 3)
    created.tell(trial, 1.0)
    created.tell(created.ask(), 2.0)
    storage.engine.dispose()
    assert main(["study", "export", "--storage", url]) == 0
    first, second = map(json.loads, capsys.readouterr().out.splitlines())
    assert first["reports"] == {"1": 0.5, "2": "Infinity", "3": "NaN"}
    assert "reports" not in second
