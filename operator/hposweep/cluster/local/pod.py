"""The kubelet of one pod: a worker process in its own session, from start to termination message. Used by `cluster`."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

from hposweep.model.gpu_seconds import PodTimes
from hposweep.model.workers import Pod
from hposweep.parent_death import bound_to_parent

MESSAGE_CHARACTERS = 4096  # a kubelet keeps as many
_PREFIX = "HPOSWEEP_"


@dataclass
class PodProcess:
    """One worker. It starts when this is created, and ends together with the command, however that ends."""

    name: str
    uid: str
    job: str
    index: int
    environment: Mapping[str, str]
    folder: Path  # its working directory, so that relative paths are relative to the sweep's file
    log: Path
    message: Path
    node: str = ""
    kept_open: tuple[int, ...] = ()
    gpus: float = 0.0  # that it holds
    is_held: bool = False  # kept for the ledger of GPU time, although it may be deleted
    is_deleted: bool = False
    exit_code: int | None = None
    termination_message: str = ""
    is_terminating: bool = False
    started: datetime = field(default_factory=lambda: datetime.now(UTC), init=False)
    ended: datetime | None = field(default=None, init=False)
    _kill_at: float = field(default=0.0, init=False)
    _process: subprocess.Popen[bytes] = field(init=False)

    def __post_init__(self) -> None:
        # `-P`, because a file of the user named `queue.py` must not replace the standard library's.
        program = [sys.executable, "-P", "-m", "hpotrial"]
        own_environment = {name: value for name, value in os.environ.items() if not name.startswith(_PREFIX)}
        with self.log.open("ab") as log:
            self._process = subprocess.Popen(
                bound_to_parent(program, signal.SIGKILL),
                env={**own_environment, **self.environment},
                cwd=self.folder,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                start_new_session=True,  # Ctrl-C reaches the command only
                pass_fds=self.kept_open,
            )

    @property
    def pid(self) -> int:
        return self._process.pid

    @property
    def is_gone(self) -> bool:
        return self.exit_code is not None

    def poll(self, now: float) -> bool:
        """Return whether it has ended since the last call, and kill it once its grace period is over."""
        if self.is_gone:
            return False
        code = self._process.poll()
        if code is None:
            if self.is_terminating and now >= self._kill_at:
                self.kill()
            return False
        self.exit_code = code if code >= 0 else 128 - code  # as a kubelet counts signals
        self.ended = datetime.now(UTC)
        with suppress(OSError):
            self.termination_message = self.message.read_text(errors="replace")[:MESSAGE_CHARACTERS].strip()
            self.message.unlink()
        return True

    def terminate(self, grace_seconds: float) -> None:
        """Send SIGTERM now; `poll` sends SIGKILL when the grace period is over."""
        if not self.is_terminating and not self.is_gone:
            self.is_terminating, self._kill_at = True, time.monotonic() + grace_seconds
            self._process.terminate()

    def kill(self) -> None:
        """Kill the worker. Its trials end with it, because they are bound to their parent."""
        self._process.kill()

    def state(self) -> Pod:
        return Pod(
            name=self.name,
            uid=self.uid,
            phase="Running" if not self.is_gone else "Succeeded" if self.exit_code == 0 else "Failed",
            is_ready=not self.is_gone,
            is_terminating=self.is_terminating and not self.is_gone,
            exit_code=self.exit_code,
            termination_message=self.termination_message,
            log=str(self.log),
            job=self.job,
            node=self.node,
            ledger=self._ledger() if self.is_held else None,
        )

    def _ledger(self) -> PodTimes:
        """Return its times. It gets its GPUs and starts as soon as it exists."""
        return PodTimes(self.started, self.started, self.started, self.ended, self.gpus)
