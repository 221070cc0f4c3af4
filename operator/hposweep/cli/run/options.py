"""The options of `hposweep run`, as its command line has them. Read by `command`, `load` and `database`."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, slots=True)
class RunOptions:
    """Which sweep runs, and what overrides its file."""

    file: str
    storage: str | None = None
    workers: int | None = None
    trials: int | None = None
    out: Path | None = None
    study: str | None = None
    require: str | None = None
    env_file: Path | None = None
