"""A PostgreSQL server of the test's own: in a temporary folder, on a free port and a Unix socket, as another user than
root (which PostgreSQL refuses)."""

from __future__ import annotations

import os
import pwd
import shutil
import signal
import socket
import subprocess
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path

import psycopg2
from psycopg2 import sql

USER = "hpo"
PASSWORD = "canary-4f1c"  # looked for in everything that a worker prints
START_SECONDS = 60


def binaries() -> Path | None:
    """The newest server that the distribution brought along."""
    found = sorted(Path("/usr/lib/postgresql").glob("*/bin/postgres"), key=lambda path: int(path.parts[-3]))
    return found[-1].parent if found else None


@dataclass
class PostgresServer:
    """Start, stop in any of PostgreSQL's modes, start again: the data stays until `remove`.

    `address` and `clients` (a range of addresses) let others than this machine's own processes in.
    """

    directory: Path = field(default_factory=lambda: Path(tempfile.mkdtemp(prefix="hpo-pg-")))
    port: int = 0
    address: str = ""
    clients: str = ""
    settings: Mapping[str, str] = field(default_factory=dict)  # on top of those below

    def start(self) -> None:
        if not (self.directory / "data").exists():
            self._create()
        log = self.directory / "log"
        self._run("pg_ctl", "start", "-w", "-t", str(START_SECONDS), "-D", self._data, "-l", str(log))

    def stop(self, mode: str = "fast") -> None:
        """`immediate` is what a crash looks like to its clients."""
        self._run("pg_ctl", "stop", "-w", "-D", self._data, "-m", mode)

    @contextmanager
    def frozen(self) -> Iterator[None]:
        """Its processes exist and do nothing: connections stay open, and nobody answers."""
        postmaster = int((self.directory / "data" / "postmaster.pid").read_text().split()[0])
        listed = subprocess.run(
            ["ps", "-o", "pid=", "--ppid", str(postmaster)], capture_output=True, text=True, check=True
        )
        pids = [postmaster, *(int(pid) for pid in listed.stdout.split())]
        try:
            _signal(pids, signal.SIGSTOP)
            yield
        finally:
            _signal(pids, signal.SIGCONT)

    def remove(self) -> None:
        if (self.directory / "data" / "postmaster.pid").exists():
            self.stop("immediate")
        shutil.rmtree(self.directory, ignore_errors=True)

    def url(self, database: str = "postgres") -> str:
        return f"postgresql://{USER}:{PASSWORD}@127.0.0.1:{self.port}/{database}"

    def clients_url(self, database: str = "postgres") -> str:
        return f"postgresql://{USER}:{PASSWORD}@{self.address}:{self.port}/{database}"

    def socket_url(self, database: str = "postgres") -> str:
        return f"postgresql://{USER}:{PASSWORD}@/{database}?host={self.directory}&port={self.port}"

    def create_database(self, name: str, encoding: str = "UTF8") -> str:
        """Its URL."""
        connection = psycopg2.connect(self.url())
        try:
            connection.autocommit = True  # no database is created within a transaction
            with connection.cursor() as cursor:
                statement = "create database {} encoding {} template template0 locale 'C'"
                cursor.execute(sql.SQL(statement).format(sql.Identifier(name), sql.Literal(encoding)))
        finally:
            connection.close()
        return self.url(name)

    @property
    def _data(self) -> str:
        return str(self.directory / "data")

    def _create(self) -> None:
        self.port = self.port or _free_port()
        self.directory.chmod(0o755)
        password_file = self.directory / "password"
        password_file.write_text(PASSWORD)
        shutil.chown(password_file, self._account())
        shutil.chown(self.directory, self._account())
        self._run(
            "initdb", "-D", self._data, "-U", USER, "--auth=scram-sha-256", f"--pwfile={password_file}", "--no-sync"
        )
        settings = {
            "port": self.port,
            "listen_addresses": f"'{','.join(filter(None, ('127.0.0.1', self.address)))}'",
            "unix_socket_directories": f"'{self.directory}'",
            "max_connections": 100,
            "shared_buffers": "32MB",
            "timezone": "'UTC'",
            # Data has to outlive a stop of the server only, not of the machine.
            "fsync": "off",
            **self.settings,
        }
        with (self.directory / "data" / "postgresql.conf").open("a") as file:
            file.writelines(f"{name} = {value}\n" for name, value in settings.items())
        if self.clients:
            with (self.directory / "data" / "pg_hba.conf").open("a") as file:
                file.write(f"host all all {self.clients} scram-sha-256\n")

    def _account(self) -> str:
        if os.getuid() != 0:
            return pwd.getpwuid(os.getuid()).pw_name
        names = {entry.pw_name for entry in pwd.getpwall()}
        return "postgres" if "postgres" in names else "nobody"

    def _run(self, program: str, *arguments: str) -> None:
        found = binaries()
        assert found is not None, "no PostgreSQL server on this machine (Debian: apt-get install postgresql)"
        account = self._account()
        change = ["setpriv", "--reuid", account, "--regid", str(pwd.getpwnam(account).pw_gid), "--clear-groups"]
        command = [*(change if os.getuid() == 0 else []), str(found / program), *arguments]
        # pg_ctl's server would keep a pipe open for ever, so the output goes to a file.
        with (self.directory / f"{program}.out").open("w+") as output:
            done = subprocess.run(command, stdin=subprocess.DEVNULL, stdout=output, stderr=output, cwd="/", check=False)
            output.seek(0)
            assert done.returncode == 0, f"{program} failed: {output.read()}"


@contextmanager
def running(settings: Mapping[str, str] | None = None) -> Iterator[PostgresServer]:
    """From its first start to its removal."""
    server = PostgresServer(settings=settings or {})
    server.start()
    try:
        yield server
    finally:
        server.remove()


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _signal(pids: list[int], number: signal.Signals) -> None:
    """To those that are still there: a client that leaves takes its backend along."""
    for pid in pids:
        with suppress(ProcessLookupError):
            os.kill(pid, number)
