"""The one error of this package: a sentence for a person at a terminal, who then sees no traceback."""

from __future__ import annotations


class ClusterError(Exception):
    """What failed, what it was, and where to look."""
