"""Checksums of an earlier preflight: used for a file that is certainly the same, and for no other."""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Callable
from pathlib import Path

import pytest

from hpotrial.preflight import checksum_cache
from hpotrial.preflight.checksum_cache import FILE_NAME, ChecksumCache
from hpotrial.protocol.preflight import FAILED
from tests.trial.preflight_pod import finding, folder, run

__all__ = ["folder"]
OLD = 1_700_000_000
CONTENT = b"x" * (1 << 20)
CHECKSUM = hashlib.sha256(CONTENT).hexdigest()


@pytest.fixture(autouse=True)
def _settled(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(checksum_cache, "SETTLED_SECONDS", 0.0)


def checked(folder: Path) -> str:
    """The value of the check; the word `cached` is in it when no file was read."""
    work = {"checkpoints": {"path": str(folder / "ckpt"), "keep": "Best"}}
    result = finding(run(folder, paths=[{"path": str(folder / "large"), "sha256": CHECKSUM}], work=work), "path")
    return result.value if result.outcome != FAILED else FAILED


@pytest.fixture
def data(folder: Path) -> Path:
    (folder / "ckpt").mkdir()
    file = folder / "large"
    file.write_bytes(CONTENT)
    os.utime(file, (OLD, OLD))
    return file


def test_a_file_is_read_once(folder: Path, data: Path) -> None:
    assert checked(folder).endswith("(1.0 MB)")
    assert checked(folder).endswith("(1.0 MB, cached)")
    cache = folder / "ckpt" / FILE_NAME
    assert cache.stat().st_mode & 0o777 == 0o600
    assert [entry.name for entry in cache.parent.iterdir()] == [FILE_NAME], "no temporary file is left"


def test_a_manifest_counts_what_it_did_not_read(folder: Path, data: Path) -> None:
    (folder / "SUMS").write_text(f"{CHECKSUM}  large\n{hashlib.sha256(b'a').hexdigest()}  small\n")
    (folder / "small").write_bytes(b"a")
    block = {"path": str(folder), "sha256File": str(folder / "SUMS")}
    work = {"checkpoints": {"path": str(folder / "ckpt"), "keep": "Best"}}
    values = [finding(run(folder, paths=[block], work=work), "path").value for _ in range(2)]
    assert values == ["2 files (1.0 MB)", "2 files (1.0 MB, 1 cached)"]


def overwrite(data: Path) -> None:
    data.write_bytes(b"y" * len(CONTENT))
    os.utime(data, (OLD, OLD))


def replace(data: Path) -> None:
    other = data.with_name("other")
    other.write_bytes(b"y" * len(CONTENT))
    os.utime(other, (OLD, OLD))
    other.replace(data)


@pytest.mark.parametrize("change", [overwrite, replace])
def test_a_changed_file_of_equal_size_and_time_is_read_again(
    folder: Path, data: Path, change: Callable[[Path], None]
) -> None:
    checked(folder)
    change(data)
    assert checked(folder) == FAILED


@pytest.mark.parametrize("position", range(6))
def test_an_entry_of_another_file_or_an_old_one_is_not_used(folder: Path, data: Path, position: int) -> None:
    checked(folder)
    cache = folder / "ckpt" / FILE_NAME
    ((path, entry),) = json.loads(cache.read_text()).items()
    entry[position] -= checksum_cache.MAX_AGE_SECONDS
    cache.write_text(json.dumps({path: entry}))
    assert not checked(folder).endswith("cached)")


def test_an_entry_for_another_path_is_not_used(folder: Path, data: Path) -> None:
    checked(folder)
    cache = folder / "ckpt" / FILE_NAME
    ((_, entry),) = json.loads(cache.read_text()).items()
    cache.write_text(json.dumps({str(folder / "another"): entry}))
    assert not checked(folder).endswith("cached)")


@pytest.mark.parametrize("text", ["", "[]", "{", '{"a": 1}', '{"a": [1, 2, 3, 4, 5, 6, "no checksum"]}', "[" * 100_000])
def test_a_cache_that_cannot_be_read_is_replaced(folder: Path, data: Path, text: str) -> None:
    (folder / "ckpt" / FILE_NAME).write_text(text)
    assert checked(folder).endswith("(1.0 MB)")
    assert checked(folder).endswith("cached)")


def test_a_link_or_a_pipe_in_its_place_is_not_followed(folder: Path, data: Path) -> None:
    target, cache = folder / "target", folder / "ckpt" / FILE_NAME
    target.write_text("{}")
    cache.symlink_to(target)
    assert checked(folder).endswith("(1.0 MB)")
    assert target.read_text() == "{}"
    cache.unlink()
    os.mkfifo(cache)
    assert checked(folder).endswith("(1.0 MB)")


def test_without_a_folder_and_for_a_small_or_a_new_file_nothing_is_kept(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = tmp_path / "file"
    file.write_bytes(CONTENT)
    monkeypatch.setattr(checksum_cache, "SETTLED_SECONDS", 2.0)
    cache = ChecksumCache(str(tmp_path))
    cache.put(file, file.stat(), CHECKSUM)
    assert cache.get(file, file.stat()) is None, "it may change within the same tick of the clock"
    monkeypatch.setattr(checksum_cache, "SETTLED_SECONDS", 0.0)
    without = ChecksumCache(None)
    without.put(file, file.stat(), CHECKSUM)
    without.save()
    file.write_bytes(b"small")
    cache.put(file, file.stat(), CHECKSUM)
    cache.save()
    ChecksumCache(str(tmp_path / "absent")).save()
    assert sorted(entry.name for entry in tmp_path.iterdir()) == ["file"]
