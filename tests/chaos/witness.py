"""What really ran, told by the trials themselves to this machine, past cluster, worker and database.

A listener on the host's address on the cluster's bridge; `objectives/witnessed.py` speaks to it. Every line is
confirmed after it has been written down with this machine's time, which is also the database's and the pods' time.
"""

from __future__ import annotations

import json
import socketserver
import threading
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, cast

CONFIRMED = b"."


@dataclass(frozen=True, slots=True)
class Sighting:
    """One line. `event` is start, step, pruned or end; `pid` is the trial's process as its pod counts."""

    at: datetime
    event: str
    study: str
    number: int
    pod: str
    pid: int
    value: float | None = None


class Witness:
    """Hears from when it is made until `close`."""

    def __init__(self, address: str) -> None:
        self._server = _Server((address, 0), _Hearing)
        self._thread = threading.Thread(target=self._server.serve_forever, daemon=True)
        self._thread.start()

    @property
    def address(self) -> str:
        host, port = self._server.server_address[:2]
        return f"{host!s}:{port}"

    def sightings(self, study: str) -> list[Sighting]:
        """In order of time."""
        return [sighting for sighting in tuple(self._server.heard) if sighting.study == study]

    def close(self) -> None:
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()


class _Server(socketserver.ThreadingTCPServer):
    daemon_threads = True
    block_on_close = False  # a trial that is held up by a fault keeps its connection
    allow_reuse_address = True
    request_queue_size = 64

    def __init__(self, *arguments: Any) -> None:
        self.heard: list[Sighting] = []
        super().__init__(*arguments)


class _Hearing(socketserver.StreamRequestHandler):
    def handle(self) -> None:
        heard = cast(_Server, self.server).heard
        try:
            for line in self.rfile:
                if not line.endswith(b"\n"):
                    return  # killed in mid-sentence
                heard.append(Sighting(datetime.now(UTC), **json.loads(line)))
                self.wfile.write(CONFIRMED)
        except OSError:
            return  # killed before it was told that we have heard
