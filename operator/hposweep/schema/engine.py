"""The engine of CEL expressions, without the terminal toolkit that its package loads. Imported by `rules`."""

from __future__ import annotations

import sys
from types import ModuleType

# `cel` imports its own command line with a terminal toolkit, which takes 0.13 s of each start. Nothing here uses it, so
# an empty module takes its place.
sys.modules.setdefault("cel.cli", ModuleType("cel.cli"))

from cel import Program, compile  # noqa: E402  # after the line above

__all__ = ["Program", "compile"]
