"""`spec.preflight.paths`: a path exists, has enough files and bytes, and the checksums that its author expects."""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping
from functools import partial
from pathlib import Path
from typing import Any

from hpotrial.preflight.check import Check, CheckContext, CheckKind, CheckResult, Deadline, failure, success
from hpotrial.preflight.checksum_cache import ChecksumCache
from hpotrial.preflight.checksums import check_file, check_manifest
from hpotrial.preflight.isolation import TIMEOUT_FIELD
from hpotrial.preflight.units import byte_size, why_missing


def checks(context: CheckContext) -> Iterator[Check]:
    checkpoints = context.config.checkpoints
    cache_folder = checkpoints.path if checkpoints is not None else None
    for field, entry in context.entries("paths"):
        glob = entry.get("glob")
        name = f"{entry['path'].rstrip('/')}/{glob}" if glob else entry["path"]
        yield Check(KIND.name, name, field, partial(_check, entry, cache_folder))


def _check(entry: Mapping[str, Any], cache_folder: str | None, deadline: Deadline) -> CheckResult:
    path = entry["path"]
    if not os.path.lexists(path):
        return failure(f"{why_missing(path)}. Mount the volume that holds it, or correct the path")
    if not os.access(path, os.R_OK):
        return failure(f"`{path}` cannot be read by user {os.getuid()}. Change its permissions, or `runAsUser`")
    result = _amount(entry, deadline)
    if result.sentence or not ("sha256" in entry or "sha256File" in entry):
        return result
    cache = ChecksumCache(cache_folder)
    try:
        if "sha256" in entry:
            return check_file(path, entry["sha256"], deadline, cache)
        return check_manifest(entry["sha256File"], path, deadline, cache)
    finally:
        cache.save()  # also when the time is over, so that the next attempt continues


def _amount(entry: Mapping[str, Any], deadline: Deadline) -> CheckResult:
    """Count files and bytes only as far as the thresholds ask, because a folder may hold millions of files."""
    glob, min_bytes = entry.get("glob"), entry.get("minBytes")
    min_files = entry.get("minFiles", 1 if glob else None)
    if min_files is None and min_bytes is None:
        return success()
    files, size = 0, 0
    for file in _files(Path(entry["path"]), glob):
        files, size = files + 1, size + file.stat().st_size
        if files >= (min_files or 0) and size >= (min_bytes or 0):
            return success(_amount_text(files, size, min_bytes, is_minimum=True), _threshold_text(min_files, min_bytes))
        if deadline.is_over:
            sentence = f"{files} files were counted within {deadline.seconds:.0f} s. Raise `{TIMEOUT_FIELD}`"
            return failure(sentence, _amount_text(files, size, min_bytes), _threshold_text(min_files, min_bytes))
    subject = f"`{entry['path']}`" + (f" has for `{glob}`" if glob else " has")
    value, threshold = _amount_text(files, size, min_bytes), _threshold_text(min_files, min_bytes)
    return failure(f"{subject} {value}, and {threshold} are required. Copy the missing data", value, threshold)


def _files(path: Path, glob: str | None) -> Iterator[Path]:
    """Yield the files below a folder, or the file itself; links to folders are not followed."""
    if glob is not None:
        yield from (file for file in path.glob(glob) if file.is_file())
    elif path.is_file():
        yield path
    else:
        for folder, _, names in os.walk(path):
            yield from (file for name in names if (file := Path(folder, name)).is_file())


def _amount_text(files: int, size: int, min_bytes: int | None, *, is_minimum: bool = False) -> str:
    count = f"{'at least ' if is_minimum else ''}{files} {'file' if files == 1 else 'files'}"
    return count if min_bytes is None else f"{count} of {byte_size(size)}"


def _threshold_text(min_files: int | None, min_bytes: int | None) -> str:
    files = f"{min_files} {'file' if min_files == 1 else 'files'}" if min_files is not None else ""
    size = byte_size(min_bytes) if min_bytes is not None else ""
    return " of ".join(part for part in (files, size) if part)


KIND = CheckKind("path", checks)
