"""Databases that do not answer take neither slots nor threads from a healthy one, and each of their calls ends."""

from __future__ import annotations

import asyncio
import socket
import threading
from collections.abc import Iterator
from typing import Any

import optuna
import pytest

from hposweep.database import study
from hposweep.database.dsn import Dsn
from hposweep.database.errors import StorageError
from hposweep.database.study import Studies
from hposweep.slots import Slots
from hpotrial.protocol import deadline
from tests.postgres_server import PostgresServer

pytestmark = pytest.mark.postgres
SWEEPS = 24


class SilentServer:
    """Accepts connections and never answers."""

    def __init__(self) -> None:
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.url = f"postgresql://u:canary-5f3a@127.0.0.1:{self._listener.getsockname()[1]}/d"
        self.connections: list[socket.socket] = []
        self.has_client = threading.Event()
        threading.Thread(target=self._accept, daemon=True).start()

    def _accept(self) -> None:
        while True:
            try:
                connection, _ = self._listener.accept()
            except OSError:
                return
            self.connections.append(connection)
            self.has_client.set()

    def hang_up(self) -> None:
        self._listener.close()
        for connection in self.connections:
            connection.close()


@pytest.fixture
def silent(monkeypatch: pytest.MonkeyPatch) -> Iterator[SilentServer]:
    monkeypatch.setattr(deadline, "CONNECT_SECONDS", 600)  # it is silent until it hangs up
    server = SilentServer()
    yield server
    server.hang_up()


async def one_pass(slots: Slots, studies: Studies) -> Any:
    await slots.acquire()
    try:
        return await studies.lane.run(studies.limits)
    finally:
        slots.release()


async def test_passes_of_a_healthy_database_end_while_those_of_silent_ones_wait(
    silent: SilentServer, studies: Studies
) -> None:
    slots = Slots(2)
    others = [Studies(Dsn(f"{silent.url}{number}")) for number in range(SWEEPS)]
    passes = [asyncio.create_task(one_pass(slots, other)) for other in others for _ in range(2)]
    await asyncio.to_thread(silent.has_client.wait)
    for _ in range(SWEEPS):
        assert await one_pass(slots, studies)
    assert not any(task.done() for task in passes)
    silent.hang_up()
    results = await asyncio.gather(*passes, return_exceptions=True)
    assert {type(result) for result in results} == {StorageError}
    for other in others:
        other.close()


async def test_a_lost_connection_fails_all_that_waited_for_it_and_the_next_call_tries_again(
    silent: SilentServer,
) -> None:
    slots, studies = Slots(2), Studies(Dsn(silent.url))
    passes = [asyncio.create_task(one_pass(slots, studies)) for _ in range(SWEEPS)]
    await asyncio.to_thread(silent.has_client.wait)
    silent.connections[0].close()
    results = await asyncio.gather(*passes, return_exceptions=True)
    assert len({str(result) for result in results}) == 1
    assert len(silent.connections) == 1, "one attempt for all"
    silent.has_client.clear()
    again = asyncio.create_task(one_pass(slots, studies))
    await asyncio.to_thread(silent.has_client.wait)
    silent.hang_up()
    with pytest.raises(StorageError):
        await again
    studies.close()


async def test_an_error_of_one_study_is_no_error_of_another(studies: Studies) -> None:
    def refuse() -> None:
        studies._session.run("select 1/0")

    slots = Slots(2)
    results = await asyncio.gather(
        studies.lane.run(refuse), one_pass(slots, studies), one_pass(slots, studies), return_exceptions=True
    )
    assert isinstance(results[0], StorageError)
    assert results[1] == results[2] == studies.limits()


def test_a_server_that_hangs_while_a_study_is_created_ends_the_creation(
    server: PostgresServer, studies: Studies, monkeypatch: pytest.MonkeyPatch
) -> None:
    studies.create("first", ["MINIMIZE"], ["loss"], "uid")
    create_study = optuna.create_study

    def create_frozen(**arguments: Any) -> Any:
        with server.frozen():
            return create_study(**arguments)

    monkeypatch.setattr(study, "CREATION_SECONDS", 3.0)
    monkeypatch.setattr(optuna, "create_study", create_frozen)
    with pytest.raises(StorageError, match="does not answer"):
        studies.create("second", ["MINIMIZE"], ["loss"], "uid")
    monkeypatch.undo()
    studies.create("second", ["MINIMIZE"], ["loss"], "uid")
