"""The words that start the program again, with and without its folder on PATH."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from hposweep.cli.program import program_words
from hposweep.cli.run.options import RunOptions


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Make a virtual environment `v` in the current folder and return its folder of programs; PATH has it not."""
    programs = tmp_path / "v" / "bin"
    programs.mkdir(parents=True)
    (programs / "hposweep").write_text("#!/bin/sh\n")
    (programs / "hposweep").chmod(0o755)
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.setattr(sys, "executable", str(programs / "python3"))
    return programs


def test_a_program_on_path_is_called_by_its_name(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", str(folder))
    assert program_words() == "hposweep"


def test_a_program_in_the_current_folder_is_called_by_its_relative_path(folder: Path) -> None:
    assert program_words() == "v/bin/hposweep"
    assert RunOptions(file="my sweep.yaml").command == "v/bin/hposweep run 'my sweep.yaml'"


def test_a_program_elsewhere_is_called_by_its_whole_path(
    folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "other").mkdir()
    monkeypatch.chdir(tmp_path / "other")
    assert program_words() == str(folder / "hposweep")


def test_a_python_without_the_program_beside_it_gets_the_name(folder: Path) -> None:
    (folder / "hposweep").unlink()
    assert program_words() == "hposweep"
