"""Find what a line names in the evidence of a run. One function for each kind of reference."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any

from demo.checklist.evidence import Evidence
from demo.checklist.page import Line, Reference

ALERTS = Path("manifests/base/alerts/rules.yaml")
IN_THE_REPOSITORY, NOT_RUN = "in the repository", "not run here"
ANY_KEY = "<name>"


def look_up(reference: Reference, evidence: Evidence) -> str | None:
    """Return the value that the run has, in one line; None when it has none."""
    value = _FINDERS[reference.kind](reference.name, evidence)
    return None if value is None else " ".join(value.split())


def absent_references(line: Line, evidence: Evidence) -> tuple[Reference, ...]:
    """Return the references of a line that the run does not have."""
    return tuple(reference for reference in line.references if look_up(reference, evidence) is None)


def _field(path: str, evidence: Evidence) -> str | None:
    return next((text for body in reversed(evidence.bodies) for text in _texts(body, path)), None)


def _status(path: str, evidence: Evidence) -> str | None:
    """Return the newest value. A number that was larger during the run is shown as well."""
    texts = [next(_texts(body, path), None) for body in reversed(evidence.bodies)]
    values = [text for text in texts if text is not None]
    if not values:
        return None
    numbers = [int(text) for text in values if text.isdigit()]
    if len(numbers) == len(values) and max(numbers) > numbers[0]:
        return f"{numbers[0]}, and {max(numbers)} at most"
    return values[0]


def _condition(name: str, evidence: Evidence) -> str | None:
    """Return status and reason: with `=`, at a moment that had this reason; otherwise the newest."""
    kind, _, reason = name.partition("=")
    kind = kind.partition("/")[0]
    for status in evidence.statuses():
        for condition in status.get("conditions", ()):
            if condition["type"] == kind and reason in ("", condition["reason"]):
                return f"{condition['status']} ({condition['reason']}) {condition['message']}"
    return None


def _check(name: str, evidence: Evidence) -> str | None:
    kind, _, part = name.partition(":")
    for status in evidence.statuses():
        for row in status.get("preflight", ()):
            if row["check"] == kind and part in row["name"]:
                return f"{row['outcome']}: {row['name']} {row.get('value', '')}"
    return None


def _criterion(name: str, evidence: Evidence) -> str | None:
    place, _, part = name.partition(":")
    for status in evidence.statuses():
        for tier in status.get("success", ()):
            for row in tier.get("criteria", ()):
                if f"{tier['tier']}.{row['criterion']}" == place and part in row.get("message", ""):
                    return f"{row['outcome']}: {row.get('message', '')}"
    return None


def _history(kind: str, evidence: Evidence) -> str | None:
    entries = [entry for entry in evidence.entries() if entry["kind"] == kind]
    return f"{entries[0]['actor']}: {entries[0]['message']}" if entries else None


def _metric(name: str, evidence: Evidence) -> str | None:
    return evidence.samples.get(name)


def _alert(name: str, evidence: Evidence) -> str | None:
    return IN_THE_REPOSITORY if f"alert: {name}\n" in ALERTS.read_text() else None


def _file(name: str, evidence: Evidence) -> str | None:
    return IN_THE_REPOSITORY if Path(name).is_file() else None


def _verb(name: str, evidence: Evidence) -> str | None:
    """Return what the command printed; one that the program does not run is not looked for."""
    return evidence.outputs.get(name, NOT_RUN)


def _texts(body: Any, path: str) -> Iterator[str]:
    """Yield the values at a path of the reference page, such as `spec.success.<name>[].bestValue`."""
    for value in _values(body, path.replace("[]", ".[]").split(".")):
        yield value if isinstance(value, str) else json.dumps(value)


def _values(body: Any, steps: list[str]) -> Iterator[Any]:
    if not steps:
        yield body
        return
    step, rest = steps[0], steps[1:]
    if step == "[]":
        children = body if isinstance(body, list) else []
    elif not isinstance(body, Mapping):
        children = []
    else:
        children = list(body.values()) if step == ANY_KEY else [body[step]] if step in body else []
    for child in children:
        yield from _values(child, rest)


_FINDERS: Mapping[str, Callable[[str, Evidence], str | None]] = {
    "field": _field,
    "status": _status,
    "condition": _condition,
    "check": _check,
    "criterion": _criterion,
    "history": _history,
    "metric": _metric,
    "alert": _alert,
    "file": _file,
    "verb": _verb,
}
