"""Debian packages that the cluster runs on; only what is missing is installed, with a visible line."""

from __future__ import annotations

import os
import shutil

from tests.cluster.command import run
from tests.cluster.error import ClusterError
from tests.cluster.steps import Steps

REQUIRED = (
    "ca-certificates",  # Go modules come over TLS
    "conntrack",  # kube-proxy and kubelet look for it
    "containerd",
    "containernetworking-plugins",  # bridge, host-local, portmap
    "iproute2",
    "iptables",  # the portmap plugin and kubelet's hint chains
    "mount",
    "nftables",  # kube-proxy's mode
    "openssl",  # the cluster's own certificates
    "runc",
    "util-linux",  # unshare, nsenter, setsid
)
LOCK_SECONDS = 300  # another checkout may be installing


def ensure(names: tuple[str, ...], steps: Steps) -> None:
    """Install those of `names` that this machine lacks."""
    lacking = missing(names)
    if not lacking:
        return
    if os.geteuid() != 0:
        raise ClusterError(f"packages {' '.join(lacking)} are missing, and only root can install them")
    if not shutil.which("apt-get"):
        raise ClusterError(f"packages {' '.join(lacking)} are missing, and this is no Debian: install them yourself")
    steps.say(f"installing Debian packages: {' '.join(lacking)}")
    environment = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
    apt = ["apt-get", "-o", f"DPkg::Lock::Timeout={LOCK_SECONDS}"]
    with steps.step("Debian packages installed"):
        run([*apt, "update", "-q"], environment=environment)
        run([*apt, "install", "-q", "-y", "--no-install-recommends", *lacking], environment=environment)


def missing(names: tuple[str, ...]) -> list[str]:
    if not shutil.which("dpkg-query"):
        return list(names)
    # An unknown name makes dpkg-query end with 1 although it has answered for all others.
    status = run(["dpkg-query", "-W", "-f", "${Package} ${db:Status-Status}\n", *names], may_fail=True)
    installed = {line.split()[0] for line in status.splitlines() if line.endswith(" installed")}
    return [name for name in names if name not in installed]
