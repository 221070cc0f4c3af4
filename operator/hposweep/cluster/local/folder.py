"""The folder of a run: whose it is, what was asked for last, and what came of it. It stands in for the API server's
store, and is locked as long as any process of the run lives. Used by `cluster` and by `cli.run`.
"""

from __future__ import annotations

import fcntl
import os
import time
import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Self

import yaml

LOCK, SWEEP, STATUS, TRIALS = ".lock", "sweep.yaml", "status.yaml", "trials.jsonl"
# Processes of a killed run end by themselves; PostgreSQL writes a checkpoint first.
LEAVE_SECONDS = 20.0
LOOK_SECONDS = 0.1


class FolderError(Exception):
    """The folder cannot be used; one sentence."""


@dataclass
class Folder:
    """An open one: the lock is held until `close`, and by every process that inherited `lock`."""

    path: Path
    lock: int

    @classmethod
    def open(cls, path: Path) -> Self:
        """Make it when it is not there. Raises FolderError when it is somebody else's or in use."""
        try:
            if path.exists() and not (path / LOCK).exists() and any(path.iterdir()):
                raise FolderError(f"folder {path} holds other files; --out must name a new or an empty folder")
            path.mkdir(parents=True, exist_ok=True)
            lock = os.open(path / LOCK, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o644)
        except OSError as error:
            raise FolderError(f"folder {path} cannot be used: {error.strerror}; --out names another one") from None
        try:
            _take(lock, path)
        except BaseException:
            os.close(lock)
            raise
        (path / "logs").mkdir(exist_ok=True)
        return cls(path.resolve(), lock)

    def close(self) -> None:
        os.close(self.lock)

    def raise_if_deleted(self) -> None:
        """PostgreSQL would go on for a minute without its files, and its clients would wait for it."""
        if not (self.path / LOCK).exists():
            raise FileNotFoundError(f"its folder {self.path} has been deleted")

    @property
    def logs(self) -> Path:
        return self.path / "logs"

    def stored(self, name: str) -> dict[str, Any]:
        """A document of an earlier run; empty when there is none."""
        file = self.path / name
        if not file.exists():
            return {}
        try:
            found = yaml.load(file.read_text(), yaml.CSafeLoader)
        except yaml.YAMLError:
            found = None
        if not isinstance(found, dict):
            raise FolderError(f"{file} cannot be read; put it back, or choose another folder with --out")
        return found

    def store(self, name: str, document: Mapping[str, Any]) -> None:
        text = yaml.dump(dict(document), Dumper=yaml.CSafeDumper, sort_keys=False, allow_unicode=True, width=120)
        self.replace(name, text)

    def replace(self, name: str, text: str) -> None:
        """Whoever reads it sees the old or the new, never half of one."""
        half = self.path / f".{name}.{uuid.uuid4().hex[:8]}"
        half.write_text(text)
        half.replace(self.path / name)


def _take(lock: int, path: Path) -> None:
    deadline = time.monotonic() + LEAVE_SECONDS
    while True:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            break
        except BlockingIOError:
            holder = os.pread(lock, 32, 0).decode(errors="replace").strip()
            if holder.isdigit() and _is_alive(int(holder)):
                raise FolderError(
                    f"folder {path} is in use by another run (process {holder}); --out names another one"
                ) from None
        if time.monotonic() >= deadline:
            raise FolderError(
                f"processes of an earlier run in {path} have not ended within {LEAVE_SECONDS:.0f} s; "
                f"`fuser {path / LOCK}` names them"
            )
        time.sleep(LOOK_SECONDS)
    os.ftruncate(lock, 0)
    os.pwrite(lock, f"{os.getpid()}\n".encode(), 0)


def _is_alive(process_id: int) -> bool:
    """A zombie has ended, and only nobody has asked for its exit code."""
    try:
        state = Path(f"/proc/{process_id}/stat").read_text().rpartition(")")[2].split()[0]
    except (OSError, IndexError):
        return False
    return state not in "ZX"
