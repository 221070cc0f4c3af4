"""`spec.preflight.disk`: a file system has enough free space for this user."""

from __future__ import annotations

import os
from collections.abc import Iterator
from functools import partial
from pathlib import Path

from hpotrial.preflight.check import Check, CheckContext, CheckKind, CheckResult, Deadline, failure, success
from hpotrial.preflight.units import byte_size, why_missing


def checks(context: CheckContext) -> Iterator[Check]:
    checkpoints = context.config.checkpoints
    checkpoint_path = checkpoints.path if checkpoints is not None else None
    for field, entry in context.entries("disk"):
        run = partial(_check, entry["path"], int(entry["freeBytes"]), checkpoint_path)
        yield Check(KIND.name, entry["path"], field, run)


def _check(path: str, required_bytes: int, checkpoint_path: str | None, deadline: Deadline) -> CheckResult:
    if path == checkpoint_path:
        Path(path).mkdir(parents=True, exist_ok=True)  # as the first trial would
    threshold = byte_size(required_bytes)
    try:
        status = os.statvfs(path)
    except FileNotFoundError:
        return failure(f"{why_missing(path)}. Mount the volume there, or correct the path", "", threshold)
    free_bytes = status.f_bavail * status.f_frsize
    if free_bytes < required_bytes:
        sentence = f"`{path}` has {byte_size(free_bytes)} free, and {threshold} are required. Free space, or lower it"
        return failure(sentence, byte_size(free_bytes), threshold)
    return success(byte_size(free_bytes), threshold)


KIND = CheckKind("disk", checks)
