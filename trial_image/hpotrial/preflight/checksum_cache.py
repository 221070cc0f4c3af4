"""Checksums of large files that an earlier preflight has computed. Called by `checksums`.

The cache is a file in the folder of checkpoints, because that is the only folder of the workers that outlives a pod;
without one, nothing is cached. Who may write there may change checkpoints as well, so the cache is no guard against
forgery. An entry belongs to the file as it is now: it is bound to path, device, inode, size, and both times.
"""

from __future__ import annotations

import json
import os
import re
import time
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path
from typing import Any

FILE_NAME = ".hposweep-checksums.json"
MIN_BYTES = 1 << 20  # a smaller file is read in no time
MAX_ENTRIES = 10_000
MAX_FILE_BYTES = 8 << 20
MAX_AGE_SECONDS = 7 * 86_400  # so that a disk that loses bits is found out
# A file that was changed so shortly before may change again within the same tick of its file system's clock.
SETTLED_SECONDS = 2.0
FIELDS = 7  # device, inode, size, two times, the time of the entry, the checksum
_SHA256 = re.compile(r"[0-9a-f]{64}")


class ChecksumCache:
    """The entries of the file, and those that are new. `folder` None: no entry, and none is kept."""

    def __init__(self, folder: str | None) -> None:
        self._file = Path(folder, FILE_NAME) if folder is not None else None
        self._entries = _read(self._file) if self._file is not None else {}
        self._is_changed = False

    def get(self, path: Path, status: os.stat_result) -> str | None:
        """Return the checksum of a file that has not changed since it was computed; None without one."""
        entry = self._entries.get(str(path.absolute()))
        if entry is None or entry[:-2] != _identity(status) or not 0 <= time.time() - entry[-2] < MAX_AGE_SECONDS:
            return None
        return str(entry[-1])

    def put(self, path: Path, status: os.stat_result, checksum: str) -> None:
        """Keep the checksum of a large file whose last change is some seconds ago."""
        now = time.time()
        if status.st_size >= MIN_BYTES and now - max(status.st_mtime, status.st_ctime) >= SETTLED_SECONDS:
            self._entries[str(path.absolute())] = [*_identity(status), int(now), checksum]
            self._is_changed = True

    def save(self) -> None:
        """Write the newest entries to a file of its own, and put it in place of the old one. An error loses them."""
        if self._file is None or not self._is_changed:
            return
        newest = dict(sorted(self._entries.items(), key=lambda item: item[1][-2], reverse=True)[:MAX_ENTRIES])
        temporary = self._file.with_name(f"{FILE_NAME}.{os.getpid()}")
        with suppress(OSError):
            descriptor = os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW, 0o600)
            with os.fdopen(descriptor, "w") as stream:
                json.dump(newest, stream)
            temporary.replace(self._file)


def _read(file: Path) -> dict[str, list[Any]]:
    """Return the valid entries of a file that belongs to this user."""
    try:
        descriptor = os.open(file, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK)
        with os.fdopen(descriptor, "rb") as stream:
            if os.fstat(descriptor).st_uid != os.getuid():
                return {}
            content = json.loads(stream.read(MAX_FILE_BYTES))
    except (OSError, ValueError, RecursionError):
        return {}
    entries = content.items() if isinstance(content, Mapping) else ()
    return {path: entry for path, entry in entries if _is_entry(entry)}


def _identity(status: os.stat_result) -> list[int]:
    return [status.st_dev, status.st_ino, status.st_size, status.st_mtime_ns, status.st_ctime_ns]


def _is_entry(entry: Any) -> bool:
    if not isinstance(entry, list) or len(entry) != FIELDS:
        return False
    *numbers, checksum = entry
    is_checksum = isinstance(checksum, str) and _SHA256.fullmatch(checksum) is not None
    return is_checksum and all(isinstance(number, int) and not isinstance(number, bool) for number in numbers)
