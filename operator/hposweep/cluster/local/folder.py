"""The folder of a run: its owner, its spec, and its results. It replaces the API server's store.

It is locked as long as any process of the run lives. Used by `cluster` and by `cli.run`.
"""

from __future__ import annotations

import fcntl
import hashlib
import os
import time
import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Self

import yaml

from hpotrial.protocol.yaml_scalars import Dumper

LOCK, SWEEP, STATUS, TRIALS, PID = ".lock", "sweep.yaml", "status.yaml", "trials.jsonl", "run.pid"
# Processes of a killed run end by themselves; PostgreSQL writes a checkpoint first.
LOCK_SECONDS = 20.0
POLL_SECONDS = 0.1
MACHINE_ID = Path("/etc/machine-id")  # of systemd: two machines may have one name, and the same paths


class FolderError(Exception):
    """The folder cannot be used; the message says why."""


@dataclass
class Folder:
    """An open folder: its lock lasts until `close`, and as long as any process that inherited it."""

    path: Path
    lock: int

    @classmethod
    def open(cls, path: Path) -> Self:
        """Create the folder when it is absent. Raises FolderError when it holds other files or is in use."""
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
        """Raise FileNotFoundError. PostgreSQL would run on for a minute without its files, and its clients wait."""
        if not (self.path / LOCK).exists():
            raise FileNotFoundError(f"its folder {self.path} has been deleted")

    def cluster_id(self, node: str) -> str:
        """Return a text that no other folder has: a run in this folder of this machine ends the one before."""
        text = ":".join(part for part in (node, _machine_id(), str(self.path)) if part)
        return f"local-{hashlib.sha256(text.encode()).hexdigest()[:16]}"

    @property
    def logs(self) -> Path:
        return self.path / "logs"

    def stored(self, name: str) -> dict[str, Any]:
        """Return a document of an earlier run, empty without one."""
        file = self.path / name
        if not file.exists():
            return {}
        try:
            document = yaml.load(file.read_text(), yaml.CSafeLoader)
        except yaml.YAMLError:
            document = None
        if not isinstance(document, dict):
            raise FolderError(f"{file} cannot be read; put it back, or choose another folder with --out")
        return document

    def store(self, name: str, document: Mapping[str, Any]) -> None:
        text = yaml.dump(dict(document), Dumper=Dumper, sort_keys=False, allow_unicode=True, width=120)
        self.replace(name, text)

    def replace(self, name: str, text: str) -> None:
        """Replace a file at once, so that a reader gets the old text or the new one, never a part."""
        half = self.path / f".{name}.{uuid.uuid4().hex[:8]}"
        half.write_text(text)
        half.replace(self.path / name)


def _machine_id() -> str:
    """Return the machine's id, empty where the system has none."""
    try:
        return MACHINE_ID.read_text(errors="replace").strip()
    except OSError:
        return ""


def _take(lock: int, path: Path) -> None:
    deadline = time.monotonic() + LOCK_SECONDS
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
                f"processes of an earlier run in {path} have not ended within {LOCK_SECONDS:.0f} s; "
                f"`fuser {path / LOCK}` names them"
            )
        time.sleep(POLL_SECONDS)
    os.ftruncate(lock, 0)
    os.pwrite(lock, f"{os.getpid()}\n".encode(), 0)


def _is_alive(process_id: int) -> bool:
    """Return whether a process runs. A zombie has ended; its parent has not read its exit code yet."""
    try:
        state = Path(f"/proc/{process_id}/stat").read_text().rpartition(")")[2].split()[0]
    except (OSError, IndexError):
        return False
    return state not in "ZX"
