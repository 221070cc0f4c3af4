"""The options of `hposweep judge`, as its command line has them. Read by `command` and `load`."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class JudgeOptions:
    """Which trials are judged, and how."""

    file: str
    trials: str | None = None
    study: str | None = None
    storage: str | None = None
    baseline: str | None = None
    ended: bool = False
    running: bool = False
    require: str | None = None
    is_json: bool = False
