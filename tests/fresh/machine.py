"""A machine that has just been installed: a bare Debian in namespaces of its own, with a clone of this checkout.

Its processes end with the command that runs in it. It shares the host's network, because package indexes are reached by
that, and the host's cgroups; `remove` takes away what a cluster inside has left in both.
"""

from __future__ import annotations

import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from images.buildah import cache_directory
from tests.cluster import lifecycle
from tests.cluster.layout import Layout
from tests.fresh import debian
from tests.packaging.checkout import ROOT

ENTER = """\
set -eu
mount --make-rprivate /
mount --bind "$0" "$0"
mount -t proc proc "$0/proc"
mount --rbind /sys "$0/sys"
mount --rbind /dev "$0/dev"
mount -t tmpfs tmpfs "$0/run"
cd "$0"
mkdir -p .host
pivot_root . .host
exec chroot . bash -c 'umount -l /.host && rmdir /.host && cd "$0" && exec bash -c "$1"' "$1" "$2"
"""


@dataclass(frozen=True, slots=True)
class Machine:
    """Its root folder on the host."""

    root: Path

    @property
    def checkout(self) -> Path:
        """The clone as it is called inside: a name that no checkout of the host has, nor the cluster made of it."""
        return Path("/root", f"hposweep-{self.root.name}")

    @property
    def clone(self) -> Path:
        return self.root / self.checkout.relative_to("/")

    def start(self, script: str) -> subprocess.Popen[str]:
        """Run a bash script as root in the clone; its output comes by a pipe."""
        namespaces = ["unshare", "--mount", "--pid", "--fork", "--kill-child", "--uts", "--ipc"]
        return subprocess.Popen(
            [*namespaces, "bash", "-c", ENTER, str(self.root), str(self.checkout), script],
            env=debian.environment(),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )

    def run(self, script: str, *, seconds: float) -> str:
        """Return what the script printed; it must succeed."""
        with self.start(script) as process:
            try:
                said, _ = process.communicate(timeout=seconds)
            except subprocess.TimeoutExpired:
                process.kill()
                said, _ = process.communicate()
                raise AssertionError(f"not within {seconds:g} s: {script}\n{said}") from None
        assert process.returncode == 0, f"{script} ended with {process.returncode}:\n{said}"
        return said

    def remove_cluster(self) -> None:
        """Remove the bridge and the cgroups of a cluster whose machine has ended before `make cluster-down`."""
        cache = self.root / "root/.cache/hposweep"
        for octet in cache.glob("clusters/*/octet"):
            lifecycle.remove(Layout(self.checkout, cache, octet.parent.name, int(octet.read_text())))


@contextmanager
def new() -> Iterator[Machine]:
    """Make a machine, and remove it with all that ran in it."""
    cache = cache_directory() / "fresh"
    cache.mkdir(parents=True, exist_ok=True)
    root = Path(tempfile.mkdtemp(dir=cache, prefix="machine-"))
    machine = Machine(root)
    try:
        debian.unpack(cache, root)
        _clone(machine.clone)
        machine.run("update-ca-certificates && git config --global --add safe.directory '*'", seconds=120)
        yield machine
    finally:
        machine.remove_cluster()
        shutil.rmtree(root)


def _clone(target: Path) -> None:
    """Copy what git knows or would know, as it is now, with the history that some tests read."""
    subprocess.run(["git", "clone", "--quiet", "--no-local", str(ROOT), str(target)], check=True)
    listed = "git ls-files --cached --others --exclude-standard -z"
    packed, unpacked = "tar --create --null --files-from=- --ignore-failed-read", f"tar --extract -C {target}"
    command = f"{listed} | {packed} | {unpacked}"
    subprocess.run(["bash", "-c", command], cwd=ROOT, check=True)
