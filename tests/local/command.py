"""`hposweep run` as a person starts it, and what must be gone when it has ended."""

from __future__ import annotations

import fcntl
import json
import os
import signal
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import yaml

from hposweep.cluster.local.folder import LOCK
from hposweep.database.embedded.settings import socket_name
from hpotrial import protocol
from tests.builders import best_value, float_parameter, study, sweep, trials_finished
from tests.trial.builders import is_alive, until

PATIENCE_SECONDS = 180.0
PROGRAM = (sys.executable, "-c", "import sys; from hposweep.cli import main; sys.exit(main())", "run")


def spaced_sweep(name: str = "spaced", *, trials: int = 12, seconds: float = 0.05, **spec: Any) -> dict[str, Any]:
    """A sweep of `objectives/spaced.py`."""
    blocks = {
        "study": study(direction="Minimize", objective="loss", sampler={"name": "RandomSampler", "seed": 1}),
        "searchSpace": [float_parameter("x", -5.0, 5.0)],
        "objective": {"python": "spaced:objective", "fixed": {"seconds": seconds}},
        "workers": {"replicas": 2, "template": {"spec": {"containers": [{"name": "trial", "image": "any"}]}}},
        "trials": {"max": trials},
        "success": {"minimum": [trials_finished(trials), best_value(less_than=25.1)]},
    }
    return sweep(name, "default", **(blocks | spec))


def hang_up_as_usual() -> None:
    """End on SIGHUP, which `nohup make test` makes the tests ignore, and all that they start."""
    signal.signal(signal.SIGHUP, signal.SIG_DFL)


@dataclass
class Command:
    """One process of it."""

    file: Path
    out: Path
    arguments: tuple[str, ...] = ()
    environment: Mapping[str, str] = field(default_factory=dict)
    program: tuple[str, ...] = PROGRAM
    process: subprocess.Popen[bytes] = field(init=False)

    def __post_init__(self) -> None:
        self.log = self.out.with_name(f"{self.out.name}-{os.urandom(3).hex()}.log")
        inherited = {name: value for name, value in os.environ.items() if not name.startswith("HPOSWEEP_")}
        with self.log.open("wb") as log:
            self.process = subprocess.Popen(
                [*self.program, str(self.file), "--out", str(self.out), *self.arguments],
                env={**inherited, **self.environment},
                cwd=self.out.parent,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                start_new_session=True,
                preexec_fn=hang_up_as_usual,  # sets one signal
            )

    def wait(self, seconds: float = PATIENCE_SECONDS) -> int:
        """Its exit code."""
        try:
            return self.process.wait(seconds)
        except subprocess.TimeoutExpired:
            raise AssertionError(f"it still runs after {seconds:.0f} s:\n{self.text()}") from None

    def interrupt(self) -> None:
        self.process.send_signal(signal.SIGINT)

    def kill(self) -> None:
        self.process.kill()
        self.process.wait()

    def text(self) -> str:
        return self.log.read_text()

    def status(self) -> dict[str, Any]:
        file = self.out / "status.yaml"
        return yaml.safe_load(file.read_text())["status"] if file.exists() else {}

    def condition(self, kind: str) -> tuple[str, str]:
        """Status and reason."""
        return next((c["status"], c["reason"]) for c in self.status()["conditions"] if c["type"] == kind)

    def trials(self) -> list[dict[str, Any]]:
        return [json.loads(line) for line in (self.out / "trials.jsonl").read_text().splitlines()]

    def charged(self) -> list[dict[str, Any]]:
        return [
            t for t in self.trials() if t["state"] != "WAITING" and t["attributes"].get(protocol.CHARGED) is not False
        ]

    def until_running(self, trials: int = 1) -> None:
        """Until so many trials have finished and another runs."""
        until(
            lambda: (
                self.status().get("trials", {}).get("finished", -1) >= trials and self.status()["trials"]["running"] > 0
            ),
            f"{trials} finished trials:\n{self.text()}",
        )

    def workers(self) -> list[int]:
        """Process ids of the workers' supervisors."""
        return [pid for pid, words in _command_lines() if words[-2:] == ["-m", "hpotrial"] and self._is_ours(pid)]

    def server(self) -> int:
        return next(pid for pid, words in _command_lines() if words[0].endswith("/postgres") and self._data in words)

    def leftovers(self) -> list[str]:
        """All that is still there of it: processes, the lock that they hold, the database's socket."""
        found = [" ".join(words) for pid, words in _command_lines() if self._data in words or self._is_ours(pid)]
        with (self.out / LOCK).open() as lock:
            try:
                fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                found.append("the lock is held")
        sockets = Path("/proc/net/unix").read_text()
        return found + [line for line in sockets.splitlines() if socket_name(self.out.resolve() / "postgres") in line]

    @property
    def _data(self) -> str:
        return str(self.out.resolve() / "postgres" / "data")

    def _is_ours(self, pid: int) -> bool:
        """A worker, and whatever it started: the environment tells."""
        try:
            environment = Path(f"/proc/{pid}/environ").read_bytes()
        except OSError:
            return False
        return f"={self.out.resolve()}/".encode() in environment


def _command_lines() -> list[tuple[int, list[str]]]:
    found = []
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit() and is_alive(int(entry.name)):
            try:
                words = (entry / "cmdline").read_bytes().decode(errors="replace").rstrip("\0").split("\0")
            except OSError:
                continue
            found.append((int(entry.name), words))
    return found
