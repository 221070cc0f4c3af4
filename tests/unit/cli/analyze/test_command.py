"""`hposweep analyze` on files of plain Optuna: what it prints, where, and with which exit code."""

from __future__ import annotations

import json
from pathlib import Path

import optuna
import pytest
import yaml
from optuna.storages import JournalStorage
from optuna.storages.journal import JournalFileBackend

from hposweep.cli import main
from hpotrial.protocol import STORAGE_URL_ENV
from tests.foreign_studies import STUDIES, make


@pytest.fixture(scope="module")
def journal(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("studies") / "studies.log"
    for name in STUDIES:
        make(name, JournalStorage(JournalFileBackend(str(path))))
    return path


@pytest.mark.parametrize("name", STUDIES)
def test_a_foreign_study_is_analyzed_for_people(journal: Path, name: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["analyze", "--storage", str(journal), "--study", name, "--top", "3"]) == 0
    out, err = capsys.readouterr()
    assert err == ""
    titles = [line for line in out.splitlines() if line and not line.startswith(" ")]
    assert titles[0] == f"Study {name}"
    assert titles[1] == "Best 3 trials"
    assert titles[-1] == "Next"
    assert any(title.startswith("Pareto front") for title in titles) is (name == "multi")
    assert "\x1b" not in out


def test_programs_get_the_same_facts_as_json_and_yaml(journal: Path, capsys: pytest.CaptureFixture[str]) -> None:
    arguments = ["analyze", "--storage", str(journal), "--study", "single", "-o"]
    assert main([*arguments, "json"]) == 0
    document = json.loads(capsys.readouterr().out)
    assert main([*arguments, "yaml"]) == 0
    assert yaml.safe_load(capsys.readouterr().out) == document
    best = optuna.load_study(study_name="single", storage=JournalStorage(JournalFileBackend(str(journal)))).best_trial
    assert document["summary"]["top"][0]["number"] == best.number
    assert document["summary"]["top"][0]["params"] == best.params
    assert document["summary"]["top"][0]["attributes"] == {"epochs": 3}


def test_the_environment_names_the_storage(
    journal: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv(STORAGE_URL_ENV, f"journal:{journal}")
    assert main(["analyze", "--study", "single", "-o", "md"]) == 0
    assert capsys.readouterr().out.startswith("# Study single\n")


def test_a_missing_study_lists_those_that_exist(journal: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["analyze", "--storage", str(journal), "--study", "single-v9"]) == 2
    out, err = capsys.readouterr()
    assert out == ""
    assert err.startswith("hposweep analyze: --study: no such study (got `single-v9`; in ")
    assert "single, conditional, multi" in err


def test_no_storage_is_a_sentence(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    monkeypatch.delenv(STORAGE_URL_ENV, raising=False)
    assert main(["analyze"]) == 2
    assert "--storage: which storage is meant" in capsys.readouterr().err


def test_an_unreachable_database_never_prints_its_password(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["analyze", "--storage", "postgresql://me:s3cret@127.0.0.1:1/db", "--study", "x"]) == 2
    out, err = capsys.readouterr()
    assert "127.0.0.1" in err
    assert "s3cret" not in out + err
