"""Mistakes in `spec.preflight`. Part of `refused`."""

from __future__ import annotations

from typing import Any

from tests.contract.mistake import Refused, one


def _entry(mistake: str, block: str, entry: Any, field: str, allowed: str) -> Refused:
    return one(mistake, f"spec.preflight.{block}", [entry], field, allowed)


_PATH, _CHECKSUM = {"path": "/data"}, "0" * 64

PREFLIGHT = [
    _entry("path that is relative", "paths", {"path": "data"}, "spec.preflight.paths[].path`", "absolute path"),
    _entry("glob that is absolute", "paths", {**_PATH, "glob": "/x/*"}, "paths[].glob`", "below `path`"),
    _entry("checksum of MD5", "paths", {**_PATH, "sha256": "0" * 32}, "paths[].sha256`", "64 hexadecimal digits"),
    _entry("checksum that is no number", "paths", {**_PATH, "sha256": "x" * 64}, "paths[].sha256`", "64 hexadecimal"),
    _entry(
        "both kinds of checksums",
        "paths",
        {**_PATH, "sha256": _CHECKSUM, "sha256File": "/data/SHA256SUMS"},
        "spec.preflight.paths[]`",
        "must not have both",
    ),
    _entry("checksum of a glob", "paths", {**_PATH, "sha256": _CHECKSUM, "glob": "*"}, "paths[].glob`", "left out"),
    _entry("no file at all", "paths", {**_PATH, "minFiles": 0}, "paths[0].minFiles", "or equal to 1"),
    _entry("manifest that is relative", "paths", {**_PATH, "sha256File": "S"}, "paths[].sha256File`", "absolute path"),
    _entry("module as a file", "imports", {"module": "train.py:x"}, "imports[].module`", "name of a module"),
    _entry("disk without a size", "disk", _PATH, "disk[0].freeBytes", "Required value"),
    _entry("disk that is relative", "disk", {"path": "data", "freeBytes": 1}, "disk[].path`", "absolute path"),
    _entry("command of no words", "commands", [], "commands[0]", "at least 1 items"),
    _entry("command as one line", "commands", "make test", "commands[0]", "must be of type array"),
    one("policy that does not exist", "spec.preflight.failurePolicy", "Ignore", "failurePolicy", '"Block", "Warn"'),
    one("sample without a function", "spec.preflight.sample", "train", "preflight.sample`", "`module:function`"),
    one("checkout that is relative", "spec.preflight.source", {"path": "src"}, "source.path`", "absolute path"),
    one("checks without any time", "spec.preflight.timeoutSeconds", 0, "timeoutSeconds", "or equal to 1"),
]
