"""Access of a build to package indexes: the host's certificates and pip settings, mounted for the build only.

Nothing of them stays in an image. On a machine without such settings they change nothing.
"""

from __future__ import annotations

import configparser
import os
from pathlib import Path

CERTIFICATES = Path("/etc/ssl/certs/ca-certificates.crt")  # only this bundle has a proxy's authority
PIP_CONFIGURATIONS = ("/etc/pip.conf", "~/.pip/pip.conf", "~/.config/pip/pip.conf")
# Settings that name a path on the host are useless inside a build, or are provided by the mounts below.
HOST_ONLY = frozenset(
    {"cert", "client-cert", "cache-dir", "config-file", "log", "find-links", "constraint", "require-virtualenv"}
)


def pip_settings(environment: dict[str, str]) -> dict[str, str]:
    """Return the host's pip settings. `PIP_*` overrides files, as in pip itself."""
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
    """Return buildah's volume options, and write the pip configuration that they mount to `folder`."""
    parser = configparser.RawConfigParser()
    parser["global"] = pip_settings(dict(os.environ))
    configuration = folder / "pip.conf"
    configuration.touch(0o600)  # an index address may contain a password
    with configuration.open("w") as file:
        parser.write(file)
    found = ["--volume", f"{configuration}:/etc/pip.conf:ro"]
    if CERTIFICATES.exists():
        found += ["--volume", f"{CERTIFICATES}:{CERTIFICATES}:ro"]
    return found
