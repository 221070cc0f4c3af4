"""SHA-256 of files, read in chunks within a deadline. Called by `kinds.paths`."""

from __future__ import annotations

import hashlib
import os
import re
from collections.abc import Iterator
from pathlib import Path

from hpotrial.preflight.check import CheckResult, Deadline, failure, success
from hpotrial.preflight.checksum_cache import ChecksumCache
from hpotrial.preflight.isolation import TIMEOUT_FIELD
from hpotrial.preflight.units import byte_size, why_missing

CHUNK_BYTES = 1 << 20
MAX_MANIFEST_BYTES = 16 << 20
SHOWN_CHARACTERS = 12  # of a checksum
_LINE = re.compile(r"([0-9a-fA-F]{64}) [ *](.+)")
_FIX = "Copy the data again, or correct the checksum"


class _LateError(Exception):
    """The deadline is over; the argument is the number of bytes that were read."""


def check_file(path: str, expected: str, deadline: Deadline, cache: ChecksumCache) -> CheckResult:
    """Fail unless the file has that checksum."""
    if not Path(path).is_file():
        return failure(f"`{path}` is no file, so it has no checksum. Name a file, or use `sha256File`")
    try:
        actual, size, is_cached = _sha256(Path(path), deadline, 0, cache)
    except _LateError as error:
        return _late(path, error.args[0], deadline)
    if actual != expected.lower():
        sentence = f"`{path}` ({byte_size(size)}) has SHA-256 {_short(actual)}, not {_short(expected)}. {_FIX}"
        return failure(sentence, actual, expected)
    cached = ", cached" if is_cached else ""
    return success(f"{_short(actual)} ({byte_size(size)}{cached})", _short(expected))


def check_manifest(manifest: str, folder: str, deadline: Deadline, cache: ChecksumCache) -> CheckResult:
    """Fail unless every file of the manifest, as `sha256sum` writes it, has its checksum below the folder."""
    try:
        if Path(manifest).stat().st_size > MAX_MANIFEST_BYTES:
            return failure(f"`{manifest}` is larger than {byte_size(MAX_MANIFEST_BYTES)}. Use several manifests")
        entries = tuple(_entries(Path(manifest).read_text(errors="surrogateescape")))
    except FileNotFoundError:
        return failure(f"{why_missing(manifest)}. It must hold the lines that `sha256sum` prints")
    except ValueError as error:
        return failure(f"`{manifest}`: {error}. It must hold the lines that `sha256sum` prints")
    wrong, total, size, cached = [], 0, 0, 0
    for expected, name in entries:
        try:
            actual, size, is_cached = _sha256(Path(folder, name), deadline, size, cache)
            cached += is_cached
        except _LateError as error:
            return _late(f"{manifest}, {total} of {len(entries)} files", error.args[0], deadline)
        except OSError as error:
            actual = str(error.strerror)
        total += 1
        if actual != expected.lower():
            wrong.append(f"`{name}` ({actual if ' ' in actual else 'another checksum'})")
    if not wrong:
        reused = f", {cached} cached" if cached else ""
        return success(f"{total} files ({byte_size(size)}{reused})", f"{len(entries)} files")
    shown = ", ".join(wrong[:3]) + (f" and {len(wrong) - 3} more" if len(wrong) > 3 else "")
    sentence = f"{len(wrong)} of {total} files of `{manifest}` differ below `{folder}`: {shown}. {_FIX}"
    return failure(sentence, f"{total - len(wrong)} files", f"{total} files")


def _entries(text: str) -> Iterator[tuple[str, str]]:
    """Yield checksum and name of each line. Raises ValueError."""
    for number, line in enumerate(text.splitlines(), 1):
        if not line.strip() or line.startswith("#"):
            continue
        match = _LINE.fullmatch(line)
        if match is None:
            raise ValueError(f"line {number} is no checksum and name")
        yield match[1], match[2]


def _sha256(path: Path, deadline: Deadline, before: int, cache: ChecksumCache) -> tuple[str, int, bool]:
    """Return the checksum, the bytes checked so far, and whether the cache had it. Raises _LateError."""
    digest, size = hashlib.sha256(), before
    with path.open("rb", buffering=0) as file:
        status = os.fstat(file.fileno())
        cached = cache.get(path, status)
        if cached is not None:
            return cached, before + status.st_size, True
        while chunk := file.read(CHUNK_BYTES):
            digest.update(chunk)
            size += len(chunk)
            if deadline.is_over:
                raise _LateError(size)
        if os.fstat(file.fileno()).st_ctime_ns == status.st_ctime_ns:  # it did not change while it was read
            cache.put(path, status, digest.hexdigest())
    return digest.hexdigest(), size, False


def _late(data: str, size: int, deadline: Deadline) -> CheckResult:
    sentence = f"{byte_size(size)} of {data} were read within {deadline.seconds:.0f} s. Raise `{TIMEOUT_FIELD}`"
    return failure(sentence, byte_size(size))


def _short(checksum: str) -> str:
    return f"{checksum[:SHOWN_CHARACTERS]}…"
