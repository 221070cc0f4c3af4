"""`spec.preflight`, and its results in the status. Read by `spec`, `status`, `judge` and `report`.

The worker reads the block as it is written, so that only fields with a rule of the linter are declared here in full.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

WARN = "Warn"  # of `failurePolicy`: failed checks are shown, and the search starts


@dataclass(frozen=True, slots=True)
class ImportSpec:
    """A module that must be importable, and the versions of its package that are allowed."""

    module: str
    version: str | None = None


@dataclass(frozen=True, slots=True)
class PathSpec:
    """A path that must exist, with what it must hold."""

    path: str
    glob: str | None = None
    min_files: int | None = None
    min_bytes: int | None = None
    sha256: str | None = None
    sha256_file: str | None = None


@dataclass(frozen=True, slots=True)
class DiskSpec:
    """Free space that a file system must have."""

    path: str
    free_bytes: int


@dataclass(frozen=True, slots=True)
class GpuSpec:
    """GPUs that must be visible, and the free memory of each."""

    memory_free_bytes: int | None = None


@dataclass(frozen=True, slots=True)
class CheckoutSpec:
    """A checkout of git, and whether uncommitted changes are allowed."""

    path: str
    require_clean: bool = True


@dataclass(frozen=True, slots=True)
class PreflightSpec:
    """The checks before the search, and whether a failed one keeps it from starting."""

    failure_policy: str = "Block"
    timeout_seconds: int = 300
    imports: tuple[ImportSpec, ...] = ()
    paths: tuple[PathSpec, ...] = ()
    disk: tuple[DiskSpec, ...] = ()
    gpu: GpuSpec | None = None
    sample: str | None = None
    source: CheckoutSpec | None = None
    dry_trial: bool = False
    min_read_bytes_per_second: Mapping[str, int] = field(default_factory=dict)
    commands: tuple[Any, ...] = ()

    @property
    def only_warns(self) -> bool:
        return self.failure_policy == WARN


@dataclass(frozen=True, slots=True)
class CheckStatus:
    """The result of one check."""

    check: str
    name: str
    outcome: str
    value: str | None = None
    threshold: str | None = None
    message: str | None = None


@dataclass(frozen=True, slots=True)
class PreflightRunStatus:
    """The last attempt that has ended. `input`: a hash of what it checked; an equal input is not checked again.

    `failures`: failed attempts in a row with that input. `omitted`: further checks by outcome, which only the log has.
    """

    attempt: int
    input: str
    outcome: str
    time: datetime
    failures: int = 0
    omitted: Mapping[str, int] | None = None
    log: str | None = None
