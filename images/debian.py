"""The base image, built on a Debian 12 machine whose network has a package mirror but no public registry.

It has the name that the Dockerfiles use in FROM, and what they need: Python 3.11 as `python`, pip and apt.
"""

from __future__ import annotations

import hashlib
import shutil
import tempfile
from pathlib import Path

from images import mirror, steps
from images.buildah import Buildah
from images.error import ImageError

SUITE = "bookworm"  # the Debian whose Python is 3.11
PACKAGES = ("ca-certificates", "python3", "python3-pip")
KEY_LABEL = "hposweep.base"
DOCKERFILE = """\
FROM scratch
ADD rootfs.tar /
ENV PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin LANG=C.UTF-8
CMD ["python3"]
"""
# A container never reads documentation and package lists. pip refuses to install while the marker file exists.
UNUSED = (
    "usr/share/doc", "usr/share/man", "usr/share/locale", "usr/share/info", "var/lib/apt/lists", "var/cache/apt",
    "var/log", "usr/lib/python3.11/EXTERNALLY-MANAGED",
)  # fmt: skip


def key() -> str:
    """Return the key of a base image of this recipe. It is equal on every machine, because it names no mirror."""
    recipe = "\n".join((SUITE, *PACKAGES, DOCKERFILE, *UNUSED))
    return f"{SUITE}-{hashlib.sha256(recipe.encode()).hexdigest()[:12]}"


def provide(buildah: Buildah, reference: str, cache: Path) -> None:
    """Build the base image unless the store has one of this recipe."""
    if (buildah.labels(reference) or {}).get(KEY_LABEL) == key():
        return
    archive = cache / key() / "rootfs.tar"
    if not archive.exists():
        _bootstrap(archive, buildah.log("debootstrap"))
    with tempfile.TemporaryDirectory(dir=archive.parent) as folder:
        dockerfile = Path(folder) / "Dockerfile"
        dockerfile.write_text(DOCKERFILE)
        buildah.build(reference, dockerfile, archive.parent, {}, ["--label", f"{KEY_LABEL}={key()}"])


def _bootstrap(archive: Path, log: Path) -> None:
    address = mirror.of(SUITE)
    if not shutil.which("debootstrap"):
        raise ImageError(
            "debootstrap is missing; run apt-get install debootstrap, or set HPOSWEEP_PULL_BASE=1 to pull the base"
        )
    archive.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=archive.parent, prefix="rootfs-") as folder:
        root = Path(folder)
        # In its own mount namespace, all mounts of debootstrap disappear when it ends, even after a crash.
        command = ["unshare", "--mount", "debootstrap", "--variant=minbase", f"--include={','.join(PACKAGES)}"]
        steps.run(f"debootstrap {SUITE}", [*command, SUITE, str(root), address], log)
        _tidy(root)
        unfinished = root.with_suffix(".tar")  # unique to this run, because another checkout may build the same archive
        steps.run("packed the root file system", ["tar", "-C", str(root), "-cf", str(unfinished), "."], log)
        unfinished.rename(archive)


def _tidy(root: Path) -> None:
    for place in UNUSED:
        path = root / place
        if path.is_dir():
            shutil.rmtree(path)
            path.mkdir()
        else:
            path.unlink(missing_ok=True)
    root.chmod(0o755)  # a temporary directory is private; `/` of an image must not be
    (root / "usr/local/bin/python").symlink_to("/usr/bin/python3")
