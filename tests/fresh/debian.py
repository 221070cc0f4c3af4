"""A bare Debian in a folder: debootstrap makes it once, and each machine is unpacked from the archive of that.

It gets the host's ways to package indexes (resolver, apt sources, certificates, pip and Go settings) and nothing else.
"""

from __future__ import annotations

import configparser
import json
import os
import shutil
import subprocess
import tempfile
from pathlib import Path

from images import mirror, network, steps
from images.debian import SUITE

PACKAGES = ("ca-certificates", "git", "make", "python3")
LOG = "debootstrap.log"
COPIED = (
    "etc/resolv.conf", "etc/hosts", "etc/apt/sources.list", "etc/apt/sources.list.d", "etc/apt/auth.conf.d",
    "etc/apt/keyrings", "etc/apt/trusted.gpg.d", "usr/local/share/ca-certificates",
)  # fmt: skip
GO_VARIABLES = ("GOPROXY", "GOSUMDB", "GONOSUMDB", "GONOPROXY", "GOPRIVATE", "GOINSECURE")
CERTIFICATES = "/etc/ssl/certs/ca-certificates.crt"


def unpack(cache: Path, target: Path) -> None:
    """Make a machine in `target`, which must be empty."""
    archive = cache / f"{SUITE}-{'-'.join(PACKAGES)}.tar"
    if not archive.exists():
        _bootstrap(archive)
    subprocess.run(["tar", "-C", str(target), "-xpf", str(archive)], check=True)
    _copy_settings(target)


def environment() -> dict[str, str]:
    """Return the variables that a command inside starts with."""
    proxies = {name: value for name, value in os.environ.items() if name.lower().endswith("_proxy")}
    home = {"HOME": "/root", "PATH": "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin", "LANG": "C.UTF-8"}
    return {**proxies, **_go_settings(), **home}


def _bootstrap(archive: Path) -> None:
    archive.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=archive.parent, prefix="bootstrap-") as folder:
        root, whole = Path(folder, "root"), Path(folder, "root.tar")
        command = ["unshare", "--mount", "debootstrap", "--variant=minbase", f"--include={','.join(PACKAGES)}"]
        log = archive.parent / LOG
        steps.run(f"debootstrap {SUITE}", [*command, SUITE, str(root), mirror.of(SUITE)], log)
        shutil.rmtree(root / "var/cache/apt/archives", ignore_errors=True)
        steps.run("packed it", ["tar", "-C", str(root), "-cf", str(whole), "."], log)
        whole.rename(archive)


def _copy_settings(root: Path) -> None:
    for name in COPIED:
        source, target = Path("/", name), root / name
        if source.is_dir():
            shutil.copytree(source, target, dirs_exist_ok=True)
        elif source.exists():
            shutil.copyfile(source, target)
        else:
            target.unlink(missing_ok=True)  # what debootstrap has written would name the same source a second time
    acquire = subprocess.run(["apt-config", "dump", "Acquire"], capture_output=True, text=True, check=True).stdout
    (root / "etc/apt/apt.conf.d/99host").write_text(acquire)
    pip = configparser.RawConfigParser()
    pip["global"] = {**network.pip_settings(dict(os.environ)), "cert": CERTIFICATES}
    with (root / "etc/pip.conf").open("w") as file:
        pip.write(file)


def _go_settings() -> dict[str, str]:
    if not shutil.which("go"):
        return {name: os.environ[name] for name in GO_VARIABLES if name in os.environ}
    said = subprocess.run(["go", "env", "-json", *GO_VARIABLES], capture_output=True, text=True, check=True).stdout
    return {name: value for name, value in json.loads(said).items() if value}
