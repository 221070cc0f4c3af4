"""How a build reaches package indexes: the host's certificates and its pip settings, lent for the build only.

Both are mounted, so that nothing of them stays in an image. On a machine without settings of its own they change
nothing.
"""

from __future__ import annotations

import configparser
import os
from pathlib import Path

CERTIFICATES = Path("/etc/ssl/certs/ca-certificates.crt")  # a proxy's own authority is in the host's bundle only
PIP_CONFIGURATIONS = ("/etc/pip.conf", "~/.pip/pip.conf", "~/.config/pip/pip.conf")
# Settings that name a place on the host mean nothing inside a build, or are given by the mounts below.
HOST_ONLY = frozenset(
    {"cert", "client-cert", "cache-dir", "config-file", "log", "find-links", "constraint", "require-virtualenv"}
)


def pip_settings(environment: dict[str, str]) -> dict[str, str]:
    """Return the host's settings of pip, files first, then `PIP_*`, as pip itself ranks them."""
    settings: dict[str, str] = {}
    for place in PIP_CONFIGURATIONS:
        parser = configparser.RawConfigParser()
        parser.read(Path(place).expanduser())
        if parser.has_section("global"):
            settings.update(parser.items("global"))
    for name, value in environment.items():
        if name.startswith("PIP_"):
            settings[name.removeprefix("PIP_").lower().replace("_", "-")] = value
    return {name: value for name, value in settings.items() if name not in HOST_ONLY}


def mounts(folder: Path) -> list[str]:
    """Return buildah's volume options; the pip configuration that they lend is written to `folder`."""
    parser = configparser.RawConfigParser()
    parser["global"] = pip_settings(dict(os.environ))
    configuration = folder / "pip.conf"
    configuration.touch(0o600)  # an index address may carry a password
    with configuration.open("w") as file:
        parser.write(file)
    found = ["--volume", f"{configuration}:/etc/pip.conf:ro"]
    if CERTIFICATES.exists():
        found += ["--volume", f"{CERTIFICATES}:{CERTIFICATES}:ro"]
    return found
