"""`hposweep next` as a person calls it: where it reads, what it prints, and with which exit code."""

from __future__ import annotations

from pathlib import Path

import pytest
import yaml

from hposweep.cli import main
from hposweep.cli.next import command
from hpotrial.protocol import STORAGE_URL_ENV
from tests.unit.analysis.studies import random_study

URL = "postgresql://me:s3cret@db:5432/optuna"


def test_a_study_in_postgresql_is_a_warm_start_and_its_password_is_not_printed(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(command, "read_study", lambda storage, name: random_study(30, lambda p: p["x"]))
    monkeypatch.setenv(STORAGE_URL_ENV, URL)
    assert main(["next", "--study", "digits"]) == 0
    out, err = capsys.readouterr()
    assert yaml.safe_load(out)["spec"]["study"]["warmStart"] == [{"study": "digits", "top": 10}]
    assert "s3cret" not in out + err


def test_no_storage_is_a_sentence(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    monkeypatch.delenv(STORAGE_URL_ENV, raising=False)
    assert main(["next"]) == 2
    assert capsys.readouterr().err.startswith("hposweep next: --storage: which storage is meant")


@pytest.mark.parametrize(
    ("text", "fault"), [("a: [", "is not YAML"), ("kind: Pod", "must hold one document of kind `HPOSweep`")]
)
def test_a_file_that_is_no_sweep_is_a_sentence(
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    text: str,
    fault: str,
) -> None:
    file = tmp_path / "sweep.yaml"
    file.write_text(text)
    monkeypatch.setattr(command, "read_study", lambda storage, name: random_study(3, lambda p: p["x"]))
    assert main(["next", "--storage", URL, "--sweep", str(file)]) == 2
    out, err = capsys.readouterr()
    assert out == ""
    assert err.startswith(f"hposweep next: {file}")
    assert fault in err
