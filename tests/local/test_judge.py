"""`hposweep judge` on a study of a database says what it says of the same trials in a file."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import optuna
import pytest
import yaml

from hposweep.cli import main
from hposweep.database.dsn import Dsn
from hposweep.database.export import TrialReader
from hpotrial.protocol import driver_url
from tests.builders import best_value, categorical_parameter, float_parameter, study, sweep, trials_finished
from tests.postgres_server import PASSWORD, PostgresServer


def objective(trial: optuna.Trial) -> float:
    x = trial.suggest_float("x", -5.0, 5.0)
    trial.set_constraint("c", 1.0 if trial.number == 7 else -1.0)
    if trial.number % 9 == 4:
        raise RuntimeError("broken")
    if trial.number % 9 == 5:
        trial.report(x, 0)
        raise optuna.TrialPruned
    return x * x + len(trial.suggest_categorical("arm", ["a", "bb"]))


@pytest.fixture
def url(postgres: PostgresServer, request: pytest.FixtureRequest) -> str:
    """A database with studies `old`, `new`, and `upside-down`, which is maximized."""
    url = postgres.create_database(f"judge{abs(hash(request.node.nodeid)) % 10**9}")
    storage = optuna.storages.RDBStorage(driver_url(url))
    for name, trials in (("old", 20), ("new", 45)):
        sampler = optuna.samplers.RandomSampler(trials)
        optuna.create_study(storage=storage, study_name=name, sampler=sampler).optimize(
            objective, n_trials=trials, catch=RuntimeError
        )
    optuna.create_study(storage=storage, study_name="upside-down", direction="maximize")
    storage.engine.dispose()
    return url


@pytest.fixture
def file(tmp_path: Path) -> Path:
    body = sweep(
        "judged",
        study=study(direction="Minimize", objective="loss"),
        searchSpace=[float_parameter("x", -5.0, 5.0), categorical_parameter("arm", "a", "bb")],
        trials={"max": 45},
        baseline={"study": "old"},
        success={
            "minimum": [trials_finished(45), best_value(less_than=3.0)],
            "full": [{"eliteShare": {"parameter": "arm", "min": 0.6}}, {"bestValue": {"improvesBaselineBy": "1%"}}],
        },
        decisionPoints=[
            {
                "name": "half",
                "at": {"fraction": 0.5},
                "rules": [{"when": best_value(less_than=3.0), "then": "Continue"}],
                "otherwise": "Stop",
            }
        ],
    )
    path = tmp_path / "sweep.yaml"
    path.write_text(yaml.safe_dump(body))
    return path


def judged(capsys: pytest.CaptureFixture[str], *words: str) -> dict[str, Any]:
    capsys.readouterr()
    assert main(["judge", *words, "-o", "json"]) == 0
    found: dict[str, Any] = json.loads(capsys.readouterr().out)
    return found


def test_a_study_and_its_file_get_the_same_verdict(
    url: str, file: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HPOSWEEP_STORAGE_URL", url)
    there = judged(capsys, str(file), "--study", "new")
    assert [decision["name"] for decision in there["decisions"]] == ["half"]
    assert there["trials"]["finished"] == 45
    assert there["baseline"]["study"] == "old"
    reader = TrialReader(Dsn(url))
    for name in ("old", "new"):
        (file.parent / f"{name}.jsonl").write_text("\n".join(reader.lines(name)))
    reader.close()
    in_a_file = judged(capsys, str(file), "--trials", str(file.parent / "new.jsonl"))
    assert in_a_file == there
    monkeypatch.delenv("HPOSWEEP_STORAGE_URL")
    words = ("--trials", str(file.parent / "new.jsonl"), "--baseline", str(file.parent / "old.jsonl"))
    in_two_files = judged(capsys, str(file), *words)
    assert in_two_files["baseline"]["evidence"] == there["baseline"]["evidence"]
    assert in_two_files["decisions"] == there["decisions"]


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        (("--study", "none"), "study `none` does not exist in the database of --storage"),
        ((), "study `default.judged` does not exist"),
        (
            ("--study", "upside-down"),
            "study `upside-down` has other objectives than `spec.study.objectives` (got Maximize;",
        ),
    ],
)
def test_what_a_database_does_not_have_is_said(
    url: str, file: Path, capsys: pytest.CaptureFixture[str], words: tuple[str, ...], sentence: str
) -> None:
    assert main(["judge", str(file), "--storage", url, *words]) == 2
    said = capsys.readouterr()
    assert sentence in said.err
    assert said.out == ""
    assert PASSWORD not in said.err


def test_a_baseline_that_cannot_be_one_leaves_its_criterion_open(
    url: str, file: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    body = yaml.safe_load(file.read_text())
    for name, words in (("upside-down", "has other objectives"), ("none", "does not exist")):
        body["spec"]["baseline"]["study"] = name
        file.write_text(yaml.safe_dump(body))
        found = judged(capsys, str(file), "--storage", url, "--study", "new")
        full = found["success"][1]["criteria"][1]
        assert full["outcome"] == "Unknown"
        assert words in full["message"]
