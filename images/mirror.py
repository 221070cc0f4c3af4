"""The package mirror that apt uses on this machine, so that the repository contains no address. Used by `debian`."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

from images.error import ImageError

APT = Path("/etc/apt")
ONE_LINE = re.compile(r"^deb\s+(?:\[[^]]*\]\s+)?(?P<uri>\S+)\s+(?P<suite>\S+)\s+(?P<components>.+)$")


def of(suite: str, apt: Path = APT) -> str:
    """Return apt's address for the `main` component of a suite."""
    for uri, suites, components in _sources(apt):
        if suite in suites and "main" in components:
            return uri
    raise ImageError(
        f"{apt} has no source for {suite} main, so that the base image cannot be built here; "
        "build on Debian 12, or set HPOSWEEP_PULL_BASE=1 to pull it"
    )


def _sources(apt: Path) -> Iterator[tuple[str, list[str], list[str]]]:
    parts = apt / "sources.list.d"
    for path in [apt / "sources.list", *sorted(parts.glob("*.list"))]:
        for line in path.read_text().splitlines() if path.is_file() else ():
            if found := ONE_LINE.match(line.strip()):
                yield found["uri"], [found["suite"]], found["components"].split()
    for path in sorted(parts.glob("*.sources")):
        for paragraph in re.split(r"\n\s*\n", path.read_text()):
            fields = dict(re.findall(r"^([A-Za-z-]+):[ \t]*(.*)$", paragraph, re.MULTILINE))
            if "deb" in fields.get("Types", "").split() and fields.get("Enabled", "yes") != "no":
                for uri in fields.get("URIs", "").split():
                    yield uri, fields.get("Suites", "").split(), fields.get("Components", "").split()
