"""The folder for one trial's temporary files, which both sides find by the process's pid.

A command objective puts there what its program reads and writes (`environment`). A trial that is killed cannot remove
it, so the supervisor removes the folder after every trial.
"""

from __future__ import annotations

import shutil
import tempfile
from contextlib import suppress
from pathlib import Path


def make(pid: int) -> Path:
    """Create the folder, readable for this user only; remove one that an earlier process with the same pid left."""
    folder = _of(pid)
    remove(pid)
    folder.mkdir(mode=0o700)  # raises when another user's folder is there
    return folder


def remove(pid: int) -> None:
    with suppress(FileNotFoundError):  # a read-only pod may have no folder for temporary files
        folder = _of(pid)
        if folder.exists():
            shutil.rmtree(folder, ignore_errors=True)


def _of(pid: int) -> Path:
    return Path(tempfile.gettempdir()) / f"hpotrial-{pid}"
