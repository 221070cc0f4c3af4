"""The commit of the checkout that `spec.preflight.source` names, read from git's files. Called by `code_version`.

No program is started, because the image may have no git, and a checkout of another user's needs git's permission.
"""

from __future__ import annotations

import re
from pathlib import Path

MAX_BYTES = 4 * 2**20  # of `packed-refs`, which has a line for each branch and tag
MAX_LINKS = 5  # from one symbolic reference to the next
_COMMIT = re.compile(r"[0-9a-f]{40}([0-9a-f]{24})?")


def commit(path: str | None) -> str:
    """Return the commit that is checked out at the path or above it; "" when there is none, or it cannot be read."""
    if not path:
        return ""
    try:
        folder = _git_folder(Path(path))
        return _resolve(folder, "HEAD") if folder is not None else ""
    except (OSError, ValueError):
        return ""


def _git_folder(path: Path) -> Path | None:
    """Return git's own folder; in a work tree of another checkout, and in a submodule, a file names it."""
    for folder in (path, *path.absolute().parents):
        entry = folder / ".git"
        if entry.is_dir():
            return entry
        if entry.is_file():
            return folder / _text(entry).removeprefix("gitdir:").strip()
    return None


def _resolve(folder: Path, name: str) -> str:
    for _ in range(MAX_LINKS):
        text = _reference(folder, name)
        if not text.startswith("ref:"):
            return text if _COMMIT.fullmatch(text) else ""
        name = text.removeprefix("ref:").strip()
        if ".." in Path(name).parts:
            return ""
    return ""


def _reference(folder: Path, name: str) -> str:
    """Return the content of a reference: of its own file, of the file of the main checkout, or of the packed ones."""
    common = folder / "commondir"
    main = folder / _text(common) if common.is_file() else folder
    for file in (folder / name, main / name):
        if file.is_file():
            return _text(file)
    lines = _text(main / "packed-refs").splitlines()
    return next((line.partition(" ")[0] for line in lines if line.partition(" ")[2] == name), "")


def _text(file: Path) -> str:
    with file.open("rb") as stream:
        return stream.read(MAX_BYTES).decode(errors="replace").strip()
