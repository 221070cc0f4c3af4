"""Standard output that may disappear: a reader such as `head` that ends, or a terminal that is closed.

The run goes on, because trials cost more than their lines. Created by `command`.
"""

from __future__ import annotations

import os
import sys
from typing import Any, TextIO

from hposweep.cli.streams import discard

SENTENCE = "hposweep run: its output cannot be written ({reason}); the run continues. `kill -INT {pid}` drains it\n"


class LastingOutput:
    """Write to a stream until that fails; then say so once on standard error, and write nothing."""

    def __init__(self, out: TextIO) -> None:
        self._out = out

    def write(self, text: str) -> int:
        try:
            return self._out.write(text)
        except OSError as error:
            self._lose(error)
            return len(text)

    def flush(self) -> None:
        try:
            self._out.flush()
        except OSError as error:
            self._lose(error)

    def __getattr__(self, name: str) -> Any:
        return getattr(self._out, name)

    def _lose(self, error: OSError) -> None:
        discard(self._out)
        try:
            sys.stderr.write(SENTENCE.format(reason=error.strerror, pid=os.getpid()))
            sys.stderr.flush()
        except OSError:
            discard(sys.stderr)
