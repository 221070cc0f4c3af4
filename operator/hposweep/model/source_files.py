"""The user's code in a ConfigMap. Read by `cluster`, judged by `observe.spec`."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class SourceFiles:
    """The names of its files, and a version that changes with its content; "" where that is unknown."""

    files: tuple[str, ...]
    version: str = ""
