"""The words that start this program again. Read by `run.options` and `run.verdict` for the commands that they print."""

from __future__ import annotations

import os
import shlex
import shutil
import sys
from pathlib import Path

NAME = "hposweep"


def program_words() -> str:
    """Return `hposweep` where the shell finds it, and its path where only its virtual environment has it."""
    if shutil.which(NAME):
        return NAME
    path = Path(sys.executable).parent / NAME
    if not path.exists():
        return NAME
    relative = os.path.relpath(path)
    return shlex.quote(str(path) if relative.startswith(os.pardir) else relative)
