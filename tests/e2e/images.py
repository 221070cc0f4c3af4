"""The trial image with torch and scikit-learn, for the few tests whose objectives import them."""

from __future__ import annotations

import subprocess
import sys

from tests.contract.conftest import ROOT

BUILD_SECONDS = 1800


def with_torch() -> str:
    """Build and push it unless the registry has it; return its reference."""
    for verb in ("build", "names"):
        done = subprocess.run(
            [sys.executable, "-m", "images", verb, *(["trial"] if verb == "build" else [])],
            cwd=ROOT,
            capture_output=True,
            text=True,
            check=True,
            timeout=BUILD_SECONDS,
        )
    return dict(line.split("=", 1) for line in done.stdout.split())["trial"]
