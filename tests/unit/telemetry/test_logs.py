"""Logs are JSON lines, and the last net under a password."""

from __future__ import annotations

import json
import logging
import sys

from hposweep.telemetry.logs import JsonFormatter


def formatted(message: str, *arguments: object, error: bool = False) -> dict[str, str]:
    record = logging.LogRecord("name", logging.INFO, "file", 1, message, arguments, sys.exc_info() if error else None)
    return json.loads(JsonFormatter().format(record))


def test_a_line_is_an_object() -> None:
    entry = formatted("sweep %s", "digits")
    assert entry["message"] == "sweep digits"
    assert entry["level"] == "INFO"
    assert entry["time"].endswith("+00:00")


def test_credentials_of_a_url_are_cut_out_of_messages_and_tracebacks() -> None:
    assert formatted("at postgresql://u:canary@h/d")["message"] == "at postgresql://***@h/d"
    try:
        raise RuntimeError("postgresql+psycopg2://u:canary@h/d")
    except RuntimeError:
        entry = formatted("failed", error=True)
    assert "canary" not in json.dumps(entry)
    assert "RuntimeError" in entry["exception"]
