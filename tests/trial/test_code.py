"""The hash by which the operator tells changed code from a broken node."""

from __future__ import annotations

from pathlib import Path

from hpotrial.objective.code import MAX_BYTES, code_hash


def test_the_hash_follows_names_and_contents_of_python_files_only(tmp_path: Path) -> None:
    (tmp_path / "train.py").write_text("x = 1\n")
    first = code_hash(str(tmp_path))
    assert len(first) == 12
    (tmp_path / "notes.txt").write_text("anything")
    (tmp_path / "data").mkdir()
    assert code_hash(str(tmp_path)) == first
    (tmp_path / "train.py").write_text("x = 2\n")
    changed = code_hash(str(tmp_path))
    assert changed != first
    (tmp_path / "train.py").rename(tmp_path / "other.py")
    assert code_hash(str(tmp_path)) not in (first, changed)


def test_a_folder_without_code_has_no_hash_and_a_large_one_has(tmp_path: Path) -> None:
    assert code_hash(None) == code_hash(str(tmp_path)) == code_hash(str(tmp_path / "absent")) == ""
    (tmp_path / "large.py").write_bytes(b"#" * (MAX_BYTES + 1))
    assert len(code_hash(str(tmp_path))) == 12


def test_a_link_as_a_config_map_is_mounted_is_read(tmp_path: Path) -> None:
    real = tmp_path / "..data"
    real.mkdir()
    (real / "train.py").write_text("x = 1\n")
    (tmp_path / "train.py").symlink_to(real / "train.py")
    linked = code_hash(str(tmp_path))
    (real / "train.py").write_text("x = 2\n")
    assert "" != linked != code_hash(str(tmp_path))
