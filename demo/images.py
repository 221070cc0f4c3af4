"""The images that the demo runs, as `python3 -m images` built them for the current registry."""

from __future__ import annotations

import sys

from demo.console import run


def images() -> dict[str, str]:
    """Return the image references by key: operator, postgres, trial."""
    lines = run(sys.executable, "-m", "images", "names").splitlines()
    return dict(line.split("=", 1) for line in lines if "=" in line)
