"""Standard streams that may disappear under a verb: a pipe whose reader ends, a terminal that is closed.

Called by `main` for every verb, by `output` and by the output of a run.
"""

from __future__ import annotations

import os
from typing import TextIO


def discard(stream: TextIO) -> None:
    """Send the stream to nowhere, with what its buffer still has: it would fail again, also at the end of Python."""
    null = os.open(os.devnull, os.O_WRONLY)
    try:
        os.dup2(null, stream.fileno())
    finally:
        os.close(null)


def settle(stream: TextIO) -> None:
    """Write the buffer of the stream, or discard it: Python would end with exit code 120 if its own try failed."""
    try:
        stream.flush()
    except OSError:
        discard(stream)
