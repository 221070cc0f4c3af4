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

from hposweep.text import truncate, truncate_start

MAX_MESSAGE_CHARACTERS = 8192  # a message may quote what a user or a database wrote
MAX_EXCEPTION_CHARACTERS = 32_768  # of a traceback, whose end has the error
_SCHEME_END = "://"
_END_OF_URL = re.compile(r'\s|(?<!\\)"')
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
    """Replace the credentials of every URL in `text`, whatever its scheme. Takes time in proportion to its length.

    All between `://` and the last `@` before a space or a quote is taken for credentials when a colon is in it: rather
    too much is replaced than too little.
    """
    parts: list[str] = []
    position = 0
    while (scheme := text.find(_SCHEME_END, position)) >= 0:
        start = scheme + len(_SCHEME_END)
        match = _END_OF_URL.search(text, start)
        end = match.start() if match else len(text)
        at = text.rfind("@", start, end)
        has_credentials = at >= 0 and text.find(":", start, at) >= 0
        parts += [text[position:start], "***", text[at:end]] if has_credentials else [text[position:end]]
        position = end
    return "".join([*parts, text[position:]])


class JsonFormatter(logging.Formatter):
    """One object a line; `exception` holds the traceback when there is one."""

    def format(self, record: logging.LogRecord) -> str:
        entry = {
            "time": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname,
            "logger": record.name,
            "message": truncate(redact(record.getMessage()), MAX_MESSAGE_CHARACTERS),
            **_object_of_kopf(record),
            **_CONTEXT.get(),
            **getattr(record, "fields", {}),
        }
        if record.exc_info:
            entry["exception"] = truncate_start(redact(self.formatException(record.exc_info)), MAX_EXCEPTION_CHARACTERS)
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
