"""What stops a build: one sentence for the person who started it."""

from __future__ import annotations


class ImageError(Exception):
    """A build, a push or a lookup could not be done."""
