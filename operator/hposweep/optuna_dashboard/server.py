"""The HTTP server: one thread for each request, a bounded number of them, and a time limit for slow clients."""

from __future__ import annotations

import logging
import socket
import threading
from contextlib import suppress
from socketserver import BaseServer, ThreadingMixIn
from types import TracebackType
from typing import Any, Self
from wsgiref.simple_server import WSGIRequestHandler, WSGIServer
from wsgiref.types import ErrorStream, WSGIApplication

MAX_REQUESTS = 16  # at the same time; the next ones wait. A browser opens up to 6 connections
CLIENT_SECONDS = 10.0  # for which a silent client may keep a thread
SHUTDOWN_POLL_SECONDS = 0.1

_log = logging.getLogger("hposweep.optuna_dashboard")


class Handler(WSGIRequestHandler):
    """Logs requests at DEBUG, and what the pages print as errors through the log, which redacts credentials."""

    timeout = CLIENT_SECONDS

    def log_message(self, format: str, *arguments: Any) -> None:  # the name of the base class
        _log.debug(format, *arguments)

    def get_stderr(self) -> ErrorStream:
        return LoggedErrors()


class LoggedErrors:
    """The stream `wsgi.errors`, to which tracebacks of the pages go."""

    def write(self, text: str) -> int:
        if text.strip():
            _log.error("%s", text.strip())
        return len(text)

    def writelines(self, lines: list[str]) -> None:
        self.write("".join(lines))

    def flush(self) -> None:
        """Do nothing, because each write is a log line."""


class PageServer(ThreadingMixIn, WSGIServer):
    """Serves from entry to exit of a `with` block."""

    daemon_threads = True  # a slow client does not delay the exit
    block_on_close = False

    def __init__(self, port: int, application: WSGIApplication) -> None:
        BaseServer.__init__(self, ("", port), Handler)
        self.socket = _listen(port)
        self.server_address = self.socket.getsockname()
        self.server_name, self.server_port = socket.gethostname(), self.server_address[1]
        self.setup_environ()
        self.set_app(application)
        self._free_threads = threading.BoundedSemaphore(MAX_REQUESTS)
        self._loop = threading.Thread(target=self.serve_forever, args=(SHUTDOWN_POLL_SECONDS,), daemon=True)

    def __enter__(self) -> Self:
        self._loop.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self.shutdown()
        self.server_close()

    def process_request(self, request: Any, client_address: Any) -> None:
        self._free_threads.acquire()
        super().process_request(request, client_address)

    def process_request_thread(self, request: Any, client_address: Any) -> None:
        try:
            super().process_request_thread(request, client_address)
        finally:
            self._free_threads.release()

    def handle_error(self, request: Any, client_address: Any) -> None:
        _log.debug("a request ended with an error", exc_info=True)  # most often a client that went away


def _listen(port: int) -> socket.socket:
    """Listen on every address, of both families where the machine has them."""
    if socket.has_dualstack_ipv6():
        with suppress(OSError):  # the machine knows IPv6 but has no address
            return socket.create_server(("", port), family=socket.AF_INET6, dualstack_ipv6=True)
    return socket.create_server(("", port))
