"""A real connection that breaks in the middle of an answer: the database is away, whatever the driver calls it."""

from __future__ import annotations

import socket
import threading
from collections.abc import Iterator
from contextlib import suppress

import pytest

from hpotrial.storage.connection import Connection, ConnectionLostError
from tests.postgres_server import PASSWORD, USER, PostgresServer

LARGE = "select repeat('x', 1000000)"


class Relay:
    """Hands on what client and server say; cuts a connection once the server has said more than `most_bytes` of it."""

    def __init__(self, port: int) -> None:
        self._port, self.most_bytes = port, 100_000
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.port = self._listener.getsockname()[1]
        threading.Thread(target=self._accept, daemon=True).start()

    def close(self) -> None:
        self._listener.close()

    def _accept(self) -> None:
        with suppress(OSError):
            while True:
                client, _ = self._listener.accept()
                server = socket.create_connection(("127.0.0.1", self._port))
                for source, sink, most in ((client, server, None), (server, client, self.most_bytes)):
                    threading.Thread(target=_hand_on, args=(source, sink, most), daemon=True).start()


def _hand_on(source: socket.socket, sink: socket.socket, most: int | None) -> None:
    said = 0
    with suppress(OSError):
        while data := source.recv(10_000):
            said += len(data)
            if most is not None and said > most:
                break
            sink.sendall(data)
    for end in (source, sink):
        with suppress(OSError):
            end.shutdown(socket.SHUT_RDWR)
        end.close()


@pytest.fixture
def relay(postgres: PostgresServer) -> Iterator[Relay]:
    found = Relay(postgres.port)
    yield found
    found.close()


def test_an_answer_that_breaks_off_is_a_lost_database(relay: Relay) -> None:
    link = Connection(f"postgresql://{USER}:{PASSWORD}@127.0.0.1:{relay.port}/postgres")
    assert link.run("select 1") == [(1,)]
    with pytest.raises(ConnectionLostError):
        link.run(LARGE)
    assert link.down_since is not None
    relay.most_bytes, link.retry_at = 10_000_000, 0.0
    assert len(link.run(LARGE)[0][0]) == 1_000_000
    assert link.down_since is None
    link.close()
