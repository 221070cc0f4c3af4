"""Which images the demo runs: what `python3 -m images` built for the registry in use."""

from __future__ import annotations

import sys

from demo.console import run


def images() -> dict[str, str]:
    """References by key: operator, postgres, trial."""
    lines = run(sys.executable, "-m", "images", "names").splitlines()
    return dict(line.split("=", 1) for line in lines if "=" in line)
