"""The folder of one trial's passing files, found by the process's pid from both sides.

A command objective puts there what its program reads and writes (`environment`). A trial that is killed cannot remove
it, so the supervisor removes the folder after every trial.
"""

from __future__ import annotations

import shutil
import tempfile
from contextlib import suppress
from pathlib import Path


def make(pid: int) -> Path:
    """Readable for this user only. A folder of an earlier process with the same pid is no use to anybody."""
    folder = _of(pid)
    remove(pid)
    folder.mkdir(mode=0o700)  # raises when somebody else's is there
    return folder


def remove(pid: int) -> None:
    with suppress(FileNotFoundError):  # no folder for temporary files at all: a read-only pod may have none
        folder = _of(pid)
        if folder.exists():
            shutil.rmtree(folder, ignore_errors=True)


def _of(pid: int) -> Path:
    return Path(tempfile.gettempdir()) / f"hpotrial-{pid}"
