"""The identity of the user's code: a hash of the files beside the objective. Called by `code_version`.

Each trial bears it, so that the operator can tell a changed script from a broken node, and name a change in mid-study.
"""

from __future__ import annotations

import hashlib
from pathlib import Path

MAX_FILES, MAX_BYTES = 200, 4 * 2**20  # a ConfigMap has less than 1 MiB; a folder of a local run may hold anything
CHARACTERS = 12
CONFIG_MAP_LINK = "..data"  # by which a kubelet replaces all files of a ConfigMap at once


def code_hash(folder: str | None) -> str:
    """Return the hash of all files of a ConfigMap, or of the Python files of another folder.

    Returns "" without any, or when they cannot be read.
    """
    if not folder:
        return ""
    digest = hashlib.sha256()
    try:
        pattern = "*" if Path(folder, CONFIG_MAP_LINK).is_dir() else "*.py"
        files = sorted(file for file in Path(folder).glob(pattern) if file.is_file())[:MAX_FILES]
        total = 0
        for file in files:
            content = file.read_bytes()
            total += len(content)
            if total > MAX_BYTES:
                break
            digest.update(f"{file.name}\0{len(content)}\0".encode(errors="surrogateescape") + content)
    except OSError:
        return ""
    return digest.hexdigest()[:CHARACTERS] if files else ""
