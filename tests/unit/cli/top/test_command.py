"""`hposweep top` on files of plain Optuna, and on a sweep with a file of trials."""

from __future__ import annotations

import csv
import io
import json
from pathlib import Path

import pytest
import yaml
from optuna.storages import JournalStorage
from optuna.storages.journal import JournalFileBackend

from hposweep.cli import main
from tests import builders
from tests.foreign_studies import make

TRIALS = (
    {"number": 0, "state": "COMPLETE", "values": [0.5], "params": {"x": 0.1, "kind": "a"}},
    {"number": 1, "state": "COMPLETE", "values": [0.9], "params": {"x": 0.2, "kind": True}},
    {"number": 2, "state": "FAIL", "params": {"x": 0.3}},
    {"number": 3, "state": "COMPLETE", "values": [0.7], "params": {"x": 0.25, "deep": None}},
)


@pytest.fixture(scope="module")
def journal(tmp_path_factory: pytest.TempPathFactory) -> str:
    path = str(tmp_path_factory.mktemp("studies") / "studies.log")
    for name in ("single", "multi"):
        make(name, JournalStorage(JournalFileBackend(path)))
    return path


@pytest.fixture
def run_files(tmp_path: Path) -> list[str]:
    sweep, trials = tmp_path / "sweep.yaml", tmp_path / "trials.jsonl"
    sweep.write_text(yaml.safe_dump(builders.sweep("digits")))
    trials.write_text("".join(f"{json.dumps(trial)}\n" for trial in TRIALS))
    return [str(sweep), "--trials", str(trials)]


def top(*arguments: str) -> int:
    return main(["top", *arguments])


def test_the_best_trials_of_a_study_are_ranked(journal: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert top("--storage", journal, "--study", "single", "-k", "3", "-o", "json") == 0
    document = json.loads(capsys.readouterr().out)
    values = [trial["values"]["value"] for trial in document["trials"]]
    assert len(values) == 3
    assert values in (sorted(values), sorted(values, reverse=True))
    assert top("--storage", journal, "--study", "single", "-k", "3") == 0
    out = capsys.readouterr().out
    assert out.startswith("Best 3 trials of ")
    assert [f"#{trial['number']}" in out for trial in document["trials"]] == [True] * 3


def test_parameters_are_json_as_they_are(run_files: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    assert top(*run_files, "-k", "2") == 0
    out, err = capsys.readouterr()
    assert err == ""
    first, second = [json.loads(line[line.index("{") :]) for line in out.splitlines() if "{" in line]
    assert first == {"x": 0.2, "kind": True}
    assert second == {"x": 0.25, "deep": None}


def test_every_format_has_the_same_trials(run_files: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    printed = {}
    for output in ("json", "yaml", "csv", "md"):
        assert top(*run_files, "-o", output) == 0
        printed[output] = capsys.readouterr().out
    document = json.loads(printed["json"])
    assert [trial["number"] for trial in document["trials"]] == [1, 3, 0]
    assert yaml.safe_load(printed["yaml"]) == document
    rows = list(csv.DictReader(io.StringIO(printed["csv"])))
    assert [(row["number"], row["params_x"]) for row in rows] == [("1", "0.2"), ("3", "0.25"), ("0", "0.1")]
    assert printed["md"].count("\n| \\#") == 3


def test_of_several_objectives_the_front_comes_first(journal: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert top("--storage", journal, "--study", "multi", "-o", "md") == 0
    out = capsys.readouterr().out
    assert "| front |" in out.replace("---:", "---")


def test_a_study_without_a_comparable_trial_says_so(run_files: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    Path(run_files[2]).write_text(json.dumps({"number": 0, "state": "FAIL"}))
    assert top(*run_files) == 0
    assert "No trial can be ranked" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (["--trials", "trials.jsonl"], "--trials: needs the sweep of these trials (got none)"),
        (["absent.yaml", "--trials", "trials.jsonl"], "absent.yaml"),
        (["--storage", "absent.db"], "absent.db"),
        ([], "which storage is meant"),
    ],
)
def test_what_cannot_be_read_is_refused(
    arguments: list[str],
    sentence: str,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("HPOSWEEP_STORAGE_URL", raising=False)
    assert top(*arguments) == 2
    out, err = capsys.readouterr()
    assert out == ""
    assert err.startswith("hposweep top: ")
    assert sentence in err
