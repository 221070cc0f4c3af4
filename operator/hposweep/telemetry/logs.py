"""Logs as JSON lines on stderr, with a last net that keeps passwords of URLs out. Set up by `__main__`."""

from __future__ import annotations

import json
import logging
import re
import sys
from datetime import UTC, datetime

# scheme://user:password@ — whatever the scheme; the password is what must not be seen.
_CREDENTIALS = re.compile(r"(\w[\w+.-]*://)[^\s/@'\"]+:[^\s@'\"]+@")


def redact(text: str) -> str:
    """`text` with the credentials of every URL in it replaced."""
    return _CREDENTIALS.sub(r"\1***@", text)


class JsonFormatter(logging.Formatter):
    """One object a line: time, level, logger, message, and the exception when there is one."""

    def format(self, record: logging.LogRecord) -> str:
        entry = {
            "time": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname,
            "logger": record.name,
            "message": record.getMessage(),
        }
        if record.exc_info:
            entry["exception"] = self.formatException(record.exc_info)
        return redact(json.dumps(entry))


def configure(level: str) -> None:
    """Replace all handlers of the root logger."""
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(JsonFormatter())
    logging.basicConfig(handlers=[handler], level=level, force=True)
    if level != "DEBUG":
        # Below WARNING these speak of their own machinery, not of sweeps.
        for name in ("kopf", "alembic", "optuna", "aiohttp"):
            logging.getLogger(name).setLevel(logging.WARNING)
