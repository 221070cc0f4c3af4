"""`spec.preflight.minReadBytesPerSecond`: files below a path can be read as fast as the trials need them."""

from __future__ import annotations

import os
import time
from collections.abc import Iterator
from functools import partial
from pathlib import Path

from hpotrial.preflight.check import FIELD, Check, CheckContext, CheckKind, CheckResult, Deadline, failure, success
from hpotrial.preflight.units import byte_size, why_missing

CHUNK_BYTES = 4 << 20
# Enough for a network file system to reach its speed, and little beside the trials.
MAX_SECONDS, MAX_BYTES = 5.0, 2 << 30
MIN_BYTES = 8 << 20  # less is read from a cache, or takes no measurable time
BLOCK = "minReadBytesPerSecond"


def checks(context: CheckContext) -> Iterator[Check]:
    for path, rate in (context.block.get(BLOCK) or {}).items():
        yield Check(KIND.name, path, f"{FIELD}.{BLOCK}", partial(_check, path, float(rate)))


def _check(path: str, min_rate: float, deadline: Deadline) -> CheckResult:
    if not os.path.lexists(path):
        return failure(f"{why_missing(path)}. Mount the volume that holds it, or correct the path")
    size, seconds = _read(path, min(MAX_SECONDS, deadline.seconds / 2))
    if size < MIN_BYTES:
        sentence = (
            f"`{path}` has {byte_size(size)} to read, and {byte_size(MIN_BYTES)} are needed to measure. Name the data"
        )
        return failure(sentence, byte_size(size))
    rate = size / max(seconds, 1e-6)
    value, threshold = f"{byte_size(rate)}/s", f"{byte_size(min_rate)}/s"
    if rate < min_rate:
        sentence = f"`{path}` is read with {value} ({byte_size(size)}), and {threshold} are required"
        return failure(f"{sentence}. Copy the data to a faster volume, or lower it", value, threshold)
    return success(value, threshold)


def _read(path: str, max_seconds: float) -> tuple[int, float]:
    """Read files from the disk, not from the page cache where the kernel lets go of it; return bytes and seconds."""
    size, start = 0, time.monotonic()
    for file in _files(Path(path)):
        with file.open("rb", buffering=0) as stream:
            os.posix_fadvise(stream.fileno(), 0, 0, os.POSIX_FADV_DONTNEED)
            while chunk := stream.read(CHUNK_BYTES):
                size += len(chunk)
                if size >= MAX_BYTES or time.monotonic() - start >= max_seconds:
                    return size, time.monotonic() - start
    return size, time.monotonic() - start


def _files(path: Path) -> Iterator[Path]:
    if path.is_file():
        yield path
    for folder, _, names in os.walk(path):
        yield from (file for name in names if (file := Path(folder, name)).is_file())


KIND = CheckKind("readSpeed", checks)
