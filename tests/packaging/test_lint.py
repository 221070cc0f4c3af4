"""`make lint` leaves out what git ignores: `make try` installs other people's files into a folder of this checkout."""

from __future__ import annotations

import subprocess
from pathlib import Path

from tests.packaging.checkout import ROOT

MISTAKE = "\x74eh"


def ignored_folders() -> list[str]:
    """Return a name for each folder at the top that .gitignore leaves out."""
    lines = (ROOT / ".gitignore").read_text().splitlines()
    return [line.strip("/").replace("*", "quadratic") for line in lines if line.startswith("/") and line.endswith("/")]


def has_correct_spelling(folder: Path) -> bool:
    return (
        subprocess.run(["codespell", "--toml", str(ROOT / "pyproject.toml")], cwd=folder, check=False).returncode == 0
    )


def test_spelling_is_not_checked_in_ignored_folders(tmp_path: Path) -> None:
    folders = ignored_folders()
    assert {"v", "quadratic-run"} <= set(folders)
    for folder in folders:
        (tmp_path / folder / "lib").mkdir(parents=True)
        (tmp_path / folder / "lib" / "library.py").write_text(f"# {MISTAKE}\n")
    assert has_correct_spelling(tmp_path)
    (tmp_path / "ours.py").write_text(f"# {MISTAKE}\n")
    assert not has_correct_spelling(tmp_path)
