"""Words for sizes and paths in the sentences of checks."""

from __future__ import annotations

from pathlib import Path

_UNITS = ("B", "kB", "MB", "GB", "TB", "PB")


def byte_size(number: float) -> str:
    """Return `12.3 GB`, in powers of 1000 as disks are sold; a whole number below 1000."""
    unit = 0
    while number >= 1000 and unit < len(_UNITS) - 1:
        number, unit = number / 1000, unit + 1
    return f"{number:.0f} B" if unit == 0 else f"{number:.1f} {_UNITS[unit]}"


def why_missing(path: str) -> str:
    """Say that a path is missing, and which of its parents is the last that exists."""
    parent = next(folder for folder in Path(path).parents if folder.exists())
    return f"`{path}` does not exist here (the deepest of its folders that exists is `{parent}`)"
