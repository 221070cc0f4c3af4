"""The name of the next sweep: its number is one more. Called by `sweep`."""

from __future__ import annotations

import re

MAX_SWEEP_NAME = 40  # of the CRD
# A number of its own, as in `digits-v3` or `run-09`; that of `resnet50` is part of a word.
_NUMBER = re.compile(r"(?:^|[-_./ ][vV]?)(\d{1,9})$")
_SEPARATORS = re.compile(r"[^a-z0-9]+")


def next_name(name: str, max_characters: int = MAX_SWEEP_NAME) -> str:
    """Return `digits-v4` for `digits-v3`, and `digits-v2` for `digits`."""
    match = _NUMBER.search(name)
    stem, suffix = (name, "-v2") if match is None else (name[: match.start(1)], _next(match[1]))
    return f"{stem[: max_characters - len(suffix)]}{suffix}"


def sweep_name(study: str) -> str:
    """Return a name that the CRD allows: small letters, digits and `-`."""
    name = _SEPARATORS.sub("-", study.lower()).strip("-")[:MAX_SWEEP_NAME].strip("-")
    return name or "study"


def _next(digits: str) -> str:
    return f"{int(digits) + 1:0{len(digits)}d}"
