"""`hposweep report` on a file of plain Optuna: the files that it writes, and what it refuses."""

from __future__ import annotations

import stat
from pathlib import Path

import pytest
from optuna.storages import JournalStorage
from optuna.storages.journal import JournalFileBackend

from hposweep.cli import main
from hpotrial.protocol import STORAGE_URL_ENV
from tests.foreign_studies import make
from tests.unit.cli.report.page_check import faults
from tests.unit.cli.report.test_files import NAMES


@pytest.fixture
def storage(tmp_path: Path) -> str:
    path = tmp_path / "studies.log"
    make("single", JournalStorage(JournalFileBackend(str(path))))
    return str(path)


def test_all_files_are_written_and_listed(storage: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    out = tmp_path / "new" / "folder"
    for _ in range(2):  # the second time files are replaced
        assert main(["report", "--storage", storage, "--study", "single", "--out", str(out)]) == 0
        printed, err = capsys.readouterr()
        assert err == ""
        assert [line.split("  ")[0] for line in printed.splitlines()] == [str(out / name) for name in NAMES]
    assert sorted(path.name for path in out.iterdir()) == sorted(NAMES)
    assert {stat.S_IMODE(path.stat().st_mode) for path in out.iterdir()} == {0o644}
    assert faults((out / "report.html").read_text()) == []


def test_a_folder_that_cannot_be_written_is_refused(
    storage: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "taken").write_text("mine")
    assert main(["report", "--storage", storage, "--study", "single", "--out", str(tmp_path / "taken")]) == 2
    assert "hposweep report: --out: the folder cannot be written (got `" in capsys.readouterr().err
    assert (tmp_path / "taken").read_text() == "mine"


def test_a_missing_study_or_storage_is_a_sentence(
    storage: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.delenv(STORAGE_URL_ENV, raising=False)
    out = tmp_path / "none"
    assert main(["report", "--storage", storage, "--study", "other", "--out", str(out)]) == 2
    assert "hposweep report: --study: no such study" in capsys.readouterr().err
    assert main(["report", "--out", str(out)]) == 2
    assert "--storage: which storage is meant" in capsys.readouterr().err
    url = "postgresql://me:s3cret@127.0.0.1:1/db"
    assert main(["report", "--storage", url, "--study", "x", "--out", str(out)]) == 2
    assert "s3cret" not in capsys.readouterr().err
    assert not out.exists()
