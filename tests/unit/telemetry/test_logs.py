"""Logs are JSON lines, and the last net under a password."""

from __future__ import annotations

import json
import logging
import sys
from itertools import pairwise

import pytest

from hposweep.telemetry.logs import (
    MAX_EXCEPTION_CHARACTERS,
    MAX_MESSAGE_CHARACTERS,
    JsonFormatter,
    WaitingForWorkers,
    bind,
    fields,
    log_context,
    redact,
)


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


def test_fields_come_from_the_surrounding_context_and_from_the_call() -> None:
    with log_context(namespace="vision", name="digits"):
        bind(uid="1")
        with log_context(name="other"):
            assert formatted("x")["name"] == "other"
        record = logging.LogRecord("name", logging.INFO, "file", 1, "x", (), None)
        record.__dict__.update(fields(action="CreateJob"))
        entry = json.loads(JsonFormatter().format(record))
    assert [entry[key] for key in ("namespace", "name", "uid", "action")] == ["vision", "digits", "1", "CreateJob"]
    assert "uid" not in formatted("x"), "a context ends with its block"


def test_credentials_are_cut_out_of_fields() -> None:
    with log_context(url="postgresql://u:canary@h/d"):
        assert formatted("x")["url"] == "postgresql://***@h/d"


def test_a_line_of_kopf_names_its_object() -> None:
    record = logging.LogRecord("kopf.objects", logging.ERROR, "file", 1, "Handler failed", (), None)
    record.k8s_ref = {"apiVersion": "v1", "kind": "HPOSweep", "name": "digits", "uid": "1", "namespace": None}
    entry = json.loads(JsonFormatter().format(record))
    assert {key: entry.get(key) for key in ("namespace", "name", "uid")} == {
        "namespace": None,
        "name": "digits",
        "uid": "1",
    }


@pytest.mark.parametrize(
    ("message", "is_kept"),
    [
        ("Handler 'release' failed temporarily: its workers are still ending", False),
        ("Handler 'release' failed temporarily but will time out after 120 seconds: its workers", True),
        ("Handler 'release' failed with an exception. Will retry.", True),
    ],
)
def test_a_deletion_that_waits_is_no_error(message: str, is_kept: bool) -> None:
    record = logging.LogRecord("kopf.objects", logging.ERROR, "file", 1, message, (), None)
    assert WaitingForWorkers().filter(record) is is_kept


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("x://u:can@ary@h/d", "x://***@h/d"),
        ("x://u:can/a?r#y@h/d and y://v:canary@g", "x://***@h/d and y://***@g"),
        ('{"a": "x://u:can\\"ary@h", "b": "c:d@e"}', '{"a": "x://***@h", "b": "c:d@e"}'),
        ("(x://u:canary@h/d)", "(x://***@h/d)"),
        ("https://h:80/d and mail@h", "https://h:80/d and mail@h"),
        ("https://user@h/d", "https://user@h/d"),
    ],
)
def test_credentials_end_at_the_last_sign_before_a_space_or_a_quote(text: str, shown: str) -> None:
    assert redact(text) == shown


class CountedText(str):
    """Counts the characters that its searches may look at."""

    looked_at = 0

    def find(self, sub: str, start: int = 0, end: int | None = None) -> int:  # type: ignore[override]
        place = super().find(sub, start, len(self) if end is None else end)
        self.looked_at += (place if place >= 0 else len(self) if end is None else end) - start
        return place


@pytest.mark.parametrize("unit", ["a", "a://", "a://:", "a://b:c ", "://@:", ":@", '\\"', "@"])
def test_the_work_of_a_redaction_grows_with_the_length_of_the_line(unit: str) -> None:
    def work(length: int) -> int:
        text = CountedText(unit * (length // len(unit)))
        redact(text)
        return text.looked_at

    for shorter, longer in pairwise(work(length) for length in (10_000, 20_000, 40_000)):
        assert longer <= 2.1 * max(shorter, 1)


def test_a_line_of_megabytes_is_cut() -> None:
    assert len(formatted("%s", "a" * 10**6)["message"]) == MAX_MESSAGE_CHARACTERS
    try:
        raise ValueError("a" * 10**6 + " the end")
    except ValueError:
        exception = formatted("failed", error=True)["exception"]
    assert len(exception) == MAX_EXCEPTION_CHARACTERS
    assert exception.endswith(" the end")
