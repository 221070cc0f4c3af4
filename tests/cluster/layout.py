"""Where everything of one cluster is: all of it derived from the checkout's absolute path.

Two checkouts on one machine therefore share no name, subnet, cgroup or directory, and neither can end the other's.
"""

from __future__ import annotations

import hashlib
import os
from dataclasses import dataclass
from pathlib import Path

from tests.cluster import subnet

CONTROL_PLANE = "control-plane"
NODES = ("node-a", "node-b")
HOST_NUMBERS = {CONTROL_PLANE: 2, "node-a": 11, "node-b": 12}  # last octet of each machine on the bridge
REGISTRY_PORT = 5000
API_PORT = 6443


@dataclass(frozen=True, slots=True)
class Layout:
    """The names, addresses and paths of the cluster of one checkout."""

    checkout: Path
    cache: Path
    identity: str
    octet: int

    @property
    def work(self) -> Path:
        return self.cache / "clusters" / self.identity

    @property
    def kubeconfig(self) -> Path:
        return self.checkout / ".cluster" / "kubeconfig"

    @property
    def started(self) -> Path:
        """Exists while a start has been completed and nothing has ended the cluster on purpose."""
        return self.work / "started"

    @property
    def pki(self) -> Path:
        return self.work / "pki"

    @property
    def audit_log(self) -> Path:
        return self.logs(CONTROL_PLANE) / "audit.log"

    @property
    def bridge(self) -> str:
        return f"hs{self.identity}"  # interface names hold 15 characters

    @property
    def subnet(self) -> str:
        return f"10.{self.octet}.0.0/16"

    @property
    def host_address(self) -> str:
        return f"10.{self.octet}.0.1"

    @property
    def registry(self) -> str:
        return f"{self.host_address}:{REGISTRY_PORT}"

    @property
    def api_address(self) -> str:
        return self.address(CONTROL_PLANE)

    @property
    def pods_subnet(self) -> str:
        return f"10.{self.octet}.128.0/17"

    @property
    def services_subnet(self) -> str:
        return f"10.{self.octet}.64.0/18"

    @property
    def api_service(self) -> str:
        return f"10.{self.octet}.64.1"

    @property
    def dns_service(self) -> str:
        return f"10.{self.octet}.64.10"

    def address(self, machine: str) -> str:
        return f"10.{self.octet}.0.{HOST_NUMBERS[machine]}"

    def node_pods_subnet(self, node: str) -> str:
        return f"10.{self.octet}.{128 + HOST_NUMBERS[node]}.0/24"

    def namespace(self, machine: str) -> str:
        return f"hposweep-{self.identity}-{machine}"

    def interface(self, machine: str) -> str:
        return f"{self.bridge}v{HOST_NUMBERS[machine]}"

    def cgroup(self, machine: str = "") -> str:
        return f"hposweep-{self.identity}/{machine}".rstrip("/")

    def directory(self, machine: str) -> Path:
        return self.work / "machines" / machine

    def logs(self, machine: str) -> Path:
        return self.work / "logs" / machine


def cache_directory() -> Path:
    return Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "hposweep"


def of(checkout: Path) -> Layout:
    """Return the layout of a checkout, claiming a subnet for it the first time."""
    checkout = checkout.resolve()
    cache = cache_directory()
    identity = hashlib.sha256(str(checkout).encode()).hexdigest()[:6]
    return Layout(checkout, cache, identity, subnet.claim(cache / "clusters", identity))
