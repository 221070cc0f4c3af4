"""The run's own PostgreSQL: made, kept, ended, and what may lie in its way."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import psycopg2
import pytest

from hposweep.database.embedded.server import Server, ServerError
from hposweep.database.embedded.settings import socket_name
from hposweep.parent_death import CAP_DAC_OVERRIDE, CAP_DAC_READ_SEARCH, bound_to_parent


@pytest.fixture
def server(tmp_path: Path) -> Iterator[Server]:
    made = Server(tmp_path / "postgres", connections=20)
    yield made
    made.stop()


def value(server: Server, statement: str) -> object:
    connection = psycopg2.connect(server.url)
    try:
        connection.autocommit = True
        with connection.cursor() as cursor:
            cursor.execute(statement)
            return cursor.fetchone()[0] if cursor.description else None
    finally:
        connection.close()


def test_what_was_written_is_there_after_a_restart(server: Server) -> None:
    server.start()
    value(server, "create table kept as select 7 as number")
    server.stop()
    assert not server.is_running
    server.start()
    assert value(server, "select number from kept") == 7


def test_it_listens_nowhere_but_on_a_socket_without_a_file(server: Server) -> None:
    server.start()
    assert value(server, "show listen_addresses") == ""
    assert not [path for path in server.folder.rglob("*") if path.is_socket()]
    assert socket_name(server.folder) in Path("/proc/net/unix").read_text()
    server.stop()
    assert socket_name(server.folder) not in Path("/proc/net/unix").read_text()


def test_nobody_else_on_this_machine_may_connect(server: Server) -> None:
    if os.geteuid() != 0:
        pytest.skip("only root can be somebody else")
    server.start()
    code = f"import os, psycopg2; os.setgid(65534); os.setuid(65534); psycopg2.connect({server.url!r})"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert "Peer authentication failed" in done.stderr


def test_root_starts_it_as_somebody_else_who_owns_the_data(server: Server) -> None:
    server.start()
    owner = (server.folder / "data").stat().st_uid
    assert owner != 0
    if os.geteuid() != 0:
        assert owner == os.geteuid()


def test_a_folder_may_lie_deeper_than_a_socket_could(tmp_path: Path) -> None:
    server = Server(tmp_path / ("d" * 120) / "postgres", connections=20)
    server.folder.parent.mkdir()
    server.start()
    assert value(server, "select 1") == 1
    server.stop()


def test_a_pid_file_of_a_crash_is_in_nobodys_way(server: Server) -> None:
    """Its number may be that of any process by now: of this one, say."""
    server.start()
    server.stop()
    (server.folder / "data" / "postmaster.pid").write_text(
        f"{os.getpid()}\n{server.folder}/data\n1\n5432\n\n\n\nready\n"
    )
    server.start()
    assert value(server, "select 1") == 1


def test_a_start_that_was_interrupted_is_begun_again(server: Server) -> None:
    (server.folder / "data").mkdir(parents=True)
    (server.folder / "data" / "half").write_text("a file")
    server.start()
    assert value(server, "select 1") == 1


def test_data_of_another_version_is_refused_in_the_servers_own_words(server: Server) -> None:
    server.start()
    server.stop()
    (server.folder / "data" / "PG_VERSION").write_text("15\n")
    with pytest.raises(ServerError, match=r"exits during its start: .*(incompatible|PG_VERSION|version)"):
        server.start()


@pytest.mark.skipif(os.geteuid() != 0, reason="only root has rights to give up")
class TestAsRoot:
    def test_the_server_keeps_no_right_but_to_pass_through_folders(self, server: Server) -> None:
        server.start()
        pid = int((server.folder / "data" / "postmaster.pid").read_text().splitlines()[0])
        status = dict(line.split(":\t", 1) for line in Path(f"/proc/{pid}/status").read_text().splitlines())
        assert set(status["Uid"].split()) != {"0"}
        rights = {1 << CAP_DAC_READ_SEARCH, 1 << CAP_DAC_OVERRIDE, 0}
        assert {int(status[name], 16) for name in ("CapEff", "CapPrm")} <= rights

    def test_an_ordinary_user_runs_it_as_oneself(self, tmp_path: Path) -> None:
        folder = tmp_path / "theirs"
        folder.mkdir()
        shutil.chown(folder, "nobody")
        code = (
            "from pathlib import Path; import os, psycopg2; from hposweep.database.embedded.server import Server\n"
            f"server = Server(Path({str(folder / 'postgres')!r}), connections=20); server.start()\n"
            "psycopg2.connect(server.url).close(); server.stop(); print(os.geteuid())"
        )
        environment = {**os.environ, "PYTHONDONTWRITEBYTECODE": "1"}
        command = bound_to_parent([sys.executable, "-c", code], signal.SIGKILL, "nobody")
        done = subprocess.run(command, capture_output=True, text=True, check=False, env=environment)
        assert done.returncode == 0, done.stderr
        owner = (folder / "postgres" / "data").stat().st_uid
        assert done.stdout.split() == [str(owner)] != ["0"]
