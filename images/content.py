"""The files of an image, and its tag, which is a hash of them: equal content gives an equal tag on every machine.

A build uses a copy of these files with all times set to zero, because buildah's layer cache compares times and would
otherwise install torch again in a fresh clone.
"""

from __future__ import annotations

import hashlib
import os
import shutil
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path

from images.error import ImageError

TAG_CHARACTERS = 12
EXECUTABLE = 0o111
IGNORED_DIRECTORY = "__pycache__"


def files(root: Path, sources: Iterable[str]) -> list[Path]:
    """Return every file of `sources` (files or directories below `root`), relative to `root` and sorted."""
    found: set[Path] = set()
    for source in sources:
        place = root / source
        if not place.exists():
            raise ImageError(f"{source} is missing; an image is built from it")
        found.update([place] if place.is_file() else (path for path in place.rglob("*") if path.is_file()))
    return sorted(path.relative_to(root) for path in found if IGNORED_DIRECTORY not in path.parts)


def tag(root: Path, sources: Sequence[str], arguments: Mapping[str, str]) -> str:
    """Return the short digest of the files and of the build arguments."""
    digest = hashlib.sha256()
    for path in files(root, sources):
        content = (root / path).read_bytes()
        digest.update(f"{path.as_posix()}\0{_mode(root / path)}\0{len(content)}\0".encode() + content)
    for name, value in sorted(arguments.items()):
        digest.update(f"{name}={value}\0".encode())
    return digest.hexdigest()[:TAG_CHARACTERS]


def copy(root: Path, sources: Iterable[str], target: Path) -> None:
    """Copy the files to `target` with the same times and modes on every machine."""
    for path in files(root, sources):
        copied = target / path
        copied.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(root / path, copied)
        copied.chmod(_mode(root / path))
    for path in [target, *target.rglob("*")]:
        if path.is_dir():
            path.chmod(0o755)
        os.utime(path, (0, 0))


def _mode(path: Path) -> int:
    return 0o755 if path.stat().st_mode & EXECUTABLE else 0o644
