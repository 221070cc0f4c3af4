"""The error of all modules here. `__main__` prints its message."""

from __future__ import annotations


class ImageError(Exception):
    """A build, a push or a lookup failed."""
