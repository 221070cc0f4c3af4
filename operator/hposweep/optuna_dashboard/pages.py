"""The WSGI application: probes, the refusal of changes, and optuna-dashboard's pages once the database has a schema.

`__main__` serves it. The pages open with the first request that finds the tables, so that the component may be
installed before the first sweep.
"""

from __future__ import annotations

import json
import logging
import threading
from collections.abc import Callable, Iterable
from wsgiref.types import StartResponse, WSGIApplication, WSGIEnvironment

from hposweep.database.errors import StorageError

READING_METHODS = {"GET", "HEAD"}
LIVE, READY = "/healthz", "/readyz"
# The button of a page that upgrades the tables of another Optuna. The operator and running workers would stop to work.
MIGRATION = "/incompatible-rdb-schema"
READ_ONLY = (
    "This dashboard is read-only. To let its visitors change and delete studies, set the chart's value "
    "optunaDashboard.allowChanges=true."
)
NO_MIGRATION = "The tables are upgraded together with the operator, not here: see the upgrade guide of HPOSweep."

_log = logging.getLogger("hposweep.optuna_dashboard")


class Pages:
    """Answers every request. `open_pages` returns optuna-dashboard's application or raises StorageError."""

    def __init__(self, open_pages: Callable[[], WSGIApplication], *, may_write: bool) -> None:
        self._open_pages, self._may_write = open_pages, may_write
        self._lock = threading.Lock()
        self._pages: WSGIApplication | None = None
        self._last_error = ""

    def __call__(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        path, method = environ.get("PATH_INFO", "/"), environ["REQUEST_METHOD"]
        if path == LIVE:
            return _answer(start_response, "200 OK", "alive")
        if method not in READING_METHODS:
            if not self._may_write:
                return _answer(start_response, "403 Forbidden", READ_ONLY)
            if path.rstrip("/") == MIGRATION:
                return _answer(start_response, "403 Forbidden", NO_MIGRATION)
        try:
            pages = self._opened()
        except StorageError as error:
            return _answer(start_response, "503 Service Unavailable", error.message)
        if path == READY:
            return _answer(start_response, "200 OK", "ready")
        return pages(environ, start_response)

    def _opened(self) -> WSGIApplication:
        with self._lock:
            if self._pages is None:
                try:
                    self._pages = self._open_pages()
                except StorageError as error:
                    self._log_once(error.message)
                    raise
            return self._pages

    def _log_once(self, sentence: str) -> None:
        """Log an error when it differs from the one before, because probes repeat it."""
        if sentence != self._last_error:
            _log.warning("database not usable yet: %s", sentence)
        self._last_error = sentence


def _answer(start_response: StartResponse, status: str, reason: str) -> list[bytes]:
    """Answer as optuna-dashboard's API does, so that its pages show the reason."""
    body = json.dumps({"reason": reason}).encode()
    headers = [("Content-Type", "application/json"), ("Content-Length", str(len(body)))]
    start_response(status, headers)
    return [body]
