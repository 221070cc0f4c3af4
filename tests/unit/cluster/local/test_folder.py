"""The folder of a run: one run at a time, nobody else's files, and never half a document."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from hposweep.cluster.local import folder as folder_module
from hposweep.cluster.local.folder import LOCK, Folder, FolderError


def test_it_is_made_and_keeps_documents(tmp_path: Path) -> None:
    opened = Folder.open(tmp_path / "deep" / "out")
    assert opened.stored("sweep.yaml") == {}
    opened.store("sweep.yaml", {"kind": "HPOSweep", "n": 1})
    assert opened.stored("sweep.yaml") == {"kind": "HPOSweep", "n": 1}
    assert sorted(path.name for path in opened.path.iterdir()) == [LOCK, "logs", "sweep.yaml"], "no half is left"
    opened.close()


def test_it_can_be_opened_again_when_it_was_closed(tmp_path: Path) -> None:
    Folder.open(tmp_path / "out").close()
    Folder.open(tmp_path / "out").close()


def test_a_second_run_is_refused_at_once_with_the_number_of_the_first(tmp_path: Path) -> None:
    opened = Folder.open(tmp_path / "out")
    with pytest.raises(FolderError, match=rf"is in use by another run \(process {os.getpid()}\)"):
        Folder.open(tmp_path / "out")
    opened.close()


def test_processes_that_are_still_ending_are_waited_for(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    opened = Folder.open(tmp_path / "out")
    os.set_inheritable(opened.lock, True)
    command = [sys.executable, "-c", "import sys; sys.stdin.read()"]
    left = subprocess.Popen(command, stdin=subprocess.PIPE, pass_fds=(opened.lock,))
    opened.close()
    (tmp_path / "out" / LOCK).write_text("999999999\n")  # the command itself is gone
    monkeypatch.setattr(folder_module, "LOCK_SECONDS", 0.2)
    with pytest.raises(FolderError, match=r"processes of an earlier run in .* have not ended within 0 s"):
        Folder.open(tmp_path / "out")
    left.communicate()
    Folder.open(tmp_path / "out").close()


def test_files_of_others_are_left_alone(tmp_path: Path) -> None:
    (tmp_path / "thesis.tex").write_text("dear")
    with pytest.raises(FolderError, match="holds other files; --out must name a new or an empty folder"):
        Folder.open(tmp_path)
    assert [path.name for path in tmp_path.iterdir()] == ["thesis.tex"]


def test_a_file_in_its_place_is_refused(tmp_path: Path) -> None:
    (tmp_path / "out").write_text("a file")
    with pytest.raises(FolderError, match="cannot be used: Not a directory"):
        Folder.open(tmp_path / "out")


def test_a_document_that_cannot_be_read_is_named(tmp_path: Path) -> None:
    opened = Folder.open(tmp_path / "out")
    for text in ("{", "- 1"):
        opened.replace("sweep.yaml", text)
        with pytest.raises(FolderError, match=r"sweep\.yaml cannot be read; put it back, or choose another folder"):
            opened.stored("sweep.yaml")
    opened.close()
