"""The fields of a spec that may change, as short texts, and how two such specs differ. Called by `record`."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Any

from hposweep.api.plain import plain
from hposweep.api.record import MAX_VALUE_CHARACTERS, MAX_VALUES
from hposweep.api.spec import Spec
from hposweep.api.wire import to_wire, wire_name
from hposweep.text import ELLIPSIS

# The others cannot change after creation, so that no entry is about them.
_CHANGEABLE = (
    *(
        "answers",
        "approval",
        "baseline",
        "baseline_trial",
        "budget",
        "cost",
        "decision_points",
        "deletion_policy",
        "description",
        "health",
        "notify",
        "owner",
        "preflight",
    ),
    *("stop", "stop_when", "success", "suspend", "trials", "workers"),
)
_IMMUTABLE = ("workers.isolation", "workers.template")
_ANSWERS = "answers"
_STUDY, _ENQUEUE = "study", "enqueue"
_ABSENT = "none"
_HASH_CHARACTERS = 12
MAX_DIFFERENCES = 8  # that one entry names


def recorded_spec(spec: Spec) -> dict[str, str]:
    """Return the fields by path, two levels deep. A long value is represented by its hash and its length."""
    workers = replace(spec.workers, template={}, checkpoints=None)  # a template may be large
    blocks = {**{name: getattr(spec, name) for name in _CHANGEABLE}, "workers": workers}
    document = {wire_name(name): plain(to_wire(value)) for name, value in blocks.items() if value is not None}
    document[_ANSWERS] = [f"{answer.decision or answer.question}={answer.answer}" for answer in spec.answers]
    document[_STUDY] = {_ENQUEUE: plain(to_wire(spec.study.enqueue))} if spec.study.enqueue else {}
    values = {path: _text(value) for path, value in _flat(document)}
    return dict(sorted(values.items())[:MAX_VALUES])


def differences(before: Mapping[str, str], after: Mapping[str, str]) -> tuple[tuple[str, str, str], ...]:
    """Return path, earlier and later text of each field that differs."""
    paths = sorted({*before, *after})
    pairs = ((path, before.get(path, _ABSENT), after.get(path, _ABSENT)) for path in paths)
    return tuple((path, earlier, later) for path, earlier, later in pairs if earlier != later)


def worded(changes: tuple[tuple[str, str, str], ...]) -> str:
    """Return `trials.max: 40 → 60; …` for people."""
    parts = [f"`spec.{path}`: {earlier} → {later}" for path, earlier, later in changes[:MAX_DIFFERENCES]]
    omitted = len(changes) - len(parts)
    return "; ".join([*parts, f"{omitted} more"] if omitted else parts)


def _flat(document: Mapping[str, Any]) -> Iterator[tuple[str, Any]]:
    for name, value in document.items():
        if not isinstance(value, Mapping):
            yield name, value
            continue
        for key, item in value.items():
            path = f"{name}.{key}"
            if path not in _IMMUTABLE:
                yield path, item


def _text(value: Any) -> str:
    if value in ([], {}, ""):
        return _ABSENT
    text = value if isinstance(value, str) else json.dumps(value, ensure_ascii=False, sort_keys=True)
    if len(text) <= MAX_VALUE_CHARACTERS:
        return text
    digest = hashlib.sha256(text.encode("utf-8", "replace")).hexdigest()[:_HASH_CHARACTERS]
    mark = f"{ELLIPSIS} ({len(text)} characters, sha256 {digest})"
    return f"{text[: MAX_VALUE_CHARACTERS - len(mark)]}{mark}"
