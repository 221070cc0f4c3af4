"""`make lint` reads what git tracks: `make try` installs other people's files into a folder of this checkout."""

from __future__ import annotations

import subprocess
from pathlib import Path

from tests.contract.conftest import ROOT


def spelling_command() -> str:
    """Return the line of `make lint` that checks the spelling."""
    recipe = subprocess.run(
        ["make", "--dry-run", "--always-make", "lint"], cwd=ROOT, capture_output=True, text=True, check=True
    ).stdout
    (line,) = (line for line in recipe.splitlines() if line.endswith("codespell"))
    return line


def test_spelling_is_checked_in_tracked_files_only(tmp_path: Path) -> None:
    subprocess.run(["git", "init", "--quiet"], cwd=tmp_path, check=True)
    (tmp_path / ".gitignore").write_text((ROOT / ".gitignore").read_text())
    (tmp_path / "v").mkdir()
    (tmp_path / "v" / "library.py").write_text("# teh\n")  # codespell:ignore
    (tmp_path / "ours.py").write_text("# the\n")
    subprocess.run(["git", "add", "."], cwd=tmp_path, check=True)
    command = spelling_command()
    assert subprocess.run(command, shell=True, cwd=tmp_path, check=False).returncode == 0  # noqa: S602
    (tmp_path / "ours.py").write_text("# teh\n")  # codespell:ignore
    assert subprocess.run(command, shell=True, cwd=tmp_path, check=False).returncode != 0  # noqa: S602
