"""The report of a run is best effort: whatever fails is one sentence without secrets, and no old page stays."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace
from typing import Any, cast

import pytest

from hposweep.cli.report.command import versions  # imports the reader before a test replaces it
from hposweep.cli.run import report_pages
from hposweep.cli.run.database import Database
from hposweep.cli.run.load import RunInput
from hposweep.database import study_reader
from hposweep.database.dsn import Dsn
from hposweep.database.errors import StorageError
from hposweep.model.stored_study import StoredStudy
from tests.unit.analysis.studies import UNIT, random_study
from tests.unit.cli.test_screen import STATUS

SECRET = "s3cret"
DATABASE = Database(Dsn(f"postgresql://me:{SECRET}@127.0.0.1:1/db"), "--storage")


@pytest.fixture
def run_input(tmp_path: Path) -> RunInput:
    for name in report_pages.PAGES:
        (tmp_path / name).write_text("of an earlier run")
    parts = SimpleNamespace(
        folder=SimpleNamespace(path=tmp_path), sweep=SimpleNamespace(study_name="s"), command="hposweep run x.yaml"
    )
    return cast("RunInput", parts)


def _read(monkeypatch: pytest.MonkeyPatch, answer: StoredStudy | Exception) -> None:
    def read_study(*_: Any) -> StoredStudy:
        if isinstance(answer, Exception):
            raise answer
        return answer

    monkeypatch.setattr(study_reader, "read_study", read_study)


def test_the_pages_are_written(run_input: RunInput, monkeypatch: pytest.MonkeyPatch) -> None:
    _read(monkeypatch, random_study(3, lambda p: p["x"]))
    assert report_pages.write_pages(run_input, DATABASE, STATUS) == ""
    pages = [(run_input.folder.path / name).read_text() for name in report_pages.PAGES]
    assert all("3 complete" in page and SECRET not in page for page in pages)
    assert "127.0.0.1:1/db (--storage)" in pages[0]
    assert f"<td>{versions()['HPOSweep']}</td>" in pages[0]


@pytest.mark.parametrize(
    ("error", "reason"),
    [
        (StorageError("ConnectionFailed", "db.example: cannot be read."), "db.example: cannot be read"),
        (OSError(28, "No space left on device"), "No space left on device"),
        (RuntimeError(f"postgresql://me:{SECRET}@x"), "an internal error (RuntimeError)"),
    ],
)
def test_a_fault_is_a_sentence_and_no_old_page_stays(
    run_input: RunInput, monkeypatch: pytest.MonkeyPatch, error: Exception, reason: str
) -> None:
    _read(monkeypatch, error)
    fault = report_pages.write_pages(run_input, DATABASE, STATUS)
    assert fault == f"No report was written: {reason}. The verdict does not depend on it."
    assert list(run_input.folder.path.iterdir()) == []


def test_the_end_of_a_run_does_not_wait_for_a_long_analysis(
    run_input: RunInput, monkeypatch: pytest.MonkeyPatch
) -> None:
    _read(monkeypatch, random_study(3, lambda p: 1.0, space={f"p{place}": UNIT for place in range(41)}))
    fault = report_pages.write_pages(run_input, DATABASE, STATUS)
    assert "the analysis of 41 parameters takes long; `hposweep report` does it on request" in fault
    many = replace(STATUS, trials=replace(STATUS.trials, finished=10_001))
    assert "the analysis of 10001 trials takes long" in report_pages.write_pages(run_input, DATABASE, many)
