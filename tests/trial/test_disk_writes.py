"""What a tree of processes wrote to disk, as the kernel counts it."""

from __future__ import annotations

from pathlib import Path

import pytest

from hpotrial.process.disk_writes import folder_bytes, written_bytes


@pytest.fixture
def proc(tmp_path: Path) -> Path:
    return tmp_path / "proc"


def process(proc: Path, pid: int, parent: int, written: int | None) -> None:
    folder = proc / str(pid)
    folder.mkdir(parents=True)
    (folder / "stat").write_text(f"{pid} (a) b (c)) S {parent} 1 1 0")
    if written is not None:
        (folder / "io").write_text(f"rchar: 7\nwrite_bytes: {written}\ncancelled_write_bytes: 3\n")


def test_descendants_count_and_others_do_not(proc: Path) -> None:
    process(proc, 10, 1, 100)
    process(proc, 11, 10, 20)
    process(proc, 12, 11, 3)
    process(proc, 13, 1, 5000)
    (proc / "self").mkdir()
    assert written_bytes(proc, 10) == 123


def test_a_process_that_cannot_be_read_counts_nothing(proc: Path) -> None:
    process(proc, 10, 1, 100)
    process(proc, 11, 10, None)
    (proc / "12").mkdir()
    assert written_bytes(proc, 10) == 100


@pytest.mark.parametrize("written", [None, 0])
def test_a_kernel_that_counts_none_has_no_number(proc: Path, written: int | None) -> None:
    process(proc, 10, 1, written)
    assert written_bytes(proc, 10) is None


def test_a_folder_has_the_size_of_all_files_below_it(tmp_path: Path) -> None:
    (tmp_path / "a/b").mkdir(parents=True)
    (tmp_path / "a/one").write_bytes(b"x" * 10)
    (tmp_path / "a/b/two").write_bytes(b"x" * 32)
    (tmp_path / "a/link").symlink_to("/nowhere")
    assert folder_bytes(tmp_path / "a") - len("/nowhere") == 42
    assert folder_bytes(tmp_path / "absent") == 0
