"""Logs as JSON lines on stderr, one object a line. Set up by `__main__`; `handlers` and `reconcile` add the fields.

Every line has `time`, `level`, `logger` and `message`. A line about a sweep has `namespace`, `name`, `uid` and
`generation` too, and the fields that its own call adds. The last filter replaces the credentials of every URL.
"""

from __future__ import annotations

import json
import logging
import re
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import UTC, datetime
from typing import Any

# scheme://user:password@ — whatever the scheme; the password is what must not be seen.
_CREDENTIALS = re.compile(r"(\w[\w+.-]*://)[^\s/@'\"]+:[^\s@'\"]+@")
_CONTEXT: ContextVar[Mapping[str, object]] = ContextVar("log_context", default={})  # noqa: B039  # never mutated
_LIBRARIES = ("kopf", "alembic", "optuna", "aiohttp")


@contextmanager
def log_context(**values: object) -> Iterator[None]:
    """Add fields to every line that is logged inside, also to those of threads and tasks started there."""
    token = _CONTEXT.set({**_CONTEXT.get(), **values})
    try:
        yield
    finally:
        _CONTEXT.reset(token)


def bind(**values: object) -> None:
    """Add fields to the lines that follow, until the surrounding `log_context` ends."""
    _CONTEXT.set({**_CONTEXT.get(), **values})


def fields(**values: object) -> dict[str, Any]:
    """Return the `extra` of one logging call that adds these fields to its line."""
    return {"fields": values}


def redact(text: str) -> str:
    """Replace the credentials of every URL in `text`."""
    return _CREDENTIALS.sub(r"\1***@", text)


class JsonFormatter(logging.Formatter):
    """One object a line; `exception` holds the traceback when there is one."""

    def format(self, record: logging.LogRecord) -> str:
        entry = {
            "time": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname,
            "logger": record.name,
            "message": record.getMessage(),
            **_object_of_kopf(record),
            **_CONTEXT.get(),
            **getattr(record, "fields", {}),
        }
        if record.exc_info:
            entry["exception"] = self.formatException(record.exc_info)
        return redact(json.dumps(entry, default=str))


class WaitingForWorkers(logging.Filter):
    """Drop kopf's ERROR for each time that a deletion waits for its workers, which `handlers` logs at DEBUG.

    kopf would also post it as an event of the sweep. Its error for a deletion that exceeds its time stays.
    """

    def filter(self, record: logging.LogRecord) -> bool:
        return "failed temporarily: " not in record.getMessage()


def configure(level: str) -> None:
    """Replace all handlers of the root logger."""
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(JsonFormatter())
    logging.basicConfig(handlers=[handler], level=level, force=True)
    logging.getLogger("kopf.objects").addFilter(WaitingForWorkers())
    if level != "DEBUG":
        # Below WARNING these report on their own machinery, not on sweeps.
        for name in _LIBRARIES:
            logging.getLogger(name).setLevel(logging.WARNING)


def _object_of_kopf(record: logging.LogRecord) -> dict[str, object]:
    """The sweep that kopf logs about, which it attaches to its own lines."""
    reference: Mapping[str, object] = getattr(record, "k8s_ref", {})
    return {key: reference[key] for key in ("namespace", "name", "uid") if reference.get(key)}
