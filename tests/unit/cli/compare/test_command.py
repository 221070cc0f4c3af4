"""`hposweep compare` on files of plain Optuna."""

from __future__ import annotations

import json
from pathlib import Path

import optuna
import pytest
from optuna.storages import JournalStorage
from optuna.storages.journal import JournalFileBackend

from hposweep.cli import main
from tests.foreign_studies import make


@pytest.fixture(scope="module")
def journal(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("studies") / "studies.log"
    for name in ("single", "conditional", "multi"):
        make(name, JournalStorage(JournalFileBackend(str(path))))
    return path


def test_two_studies_are_put_beside_each_other(journal: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["compare", "single", "conditional", "--storage", str(journal)]) == 0
    out, err = capsys.readouterr()
    assert err == ""
    assert out.startswith("Compare value (maximize)\n")
    assert "`encoder` is new in `conditional`: cnn, context, null." in out
    assert "`lr` is not in `conditional`." in out
    assert "beats one of the first study in" in out


def test_each_study_may_have_a_storage_of_its_own(
    journal: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    other = tmp_path / "other.log"
    make("single", JournalStorage(JournalFileBackend(str(other))))
    arguments = ["compare", "single", "single", "--storage", str(journal), "--storage", str(other), "-o", "json"]
    assert main(arguments) == 0
    first, second = json.loads(capsys.readouterr().out)["studies"]
    assert first["best"] == second["best"]
    assert second["place"] == str(other)
    assert second["superiority"] == 0.5


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (["single"], "a comparison needs two studies (got 1)"),
        (["single", "absent"], "no such study (got `absent`"),
        (["single", "multi"], "study `multi` has other objectives than `single`"),
    ],
)
def test_what_cannot_be_compared_is_refused(
    journal: Path, arguments: list[str], sentence: str, capsys: pytest.CaptureFixture[str]
) -> None:
    optuna.logging.set_verbosity(optuna.logging.ERROR)
    assert main(["compare", *arguments, "--storage", str(journal)]) == 2
    assert sentence in capsys.readouterr().err
