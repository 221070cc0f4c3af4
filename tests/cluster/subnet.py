"""Which 10.N.0.0/16 a checkout's cluster lives in: from its path, probed against what this machine routes already.

The choice is written down in the cluster's work directory, so that addresses (and image names) stay the same.
"""

from __future__ import annotations

import ipaddress
from pathlib import Path

from tests.cluster import lock
from tests.cluster.command import run
from tests.cluster.error import ClusterError

OCTETS = 250  # 10.1 to 10.250


def claim(clusters: Path, identity: str) -> int:
    """Return the octet of this cluster, choosing one that nobody on this machine uses when it has none yet."""
    mine = clusters / identity / "octet"
    if mine.exists():
        return int(mine.read_text())
    with lock.locked(clusters / "lock"):
        held = {int(path.read_text()) for path in clusters.glob("*/octet")}
        used = _routed() + _nameservers()
        first = int(identity, 16) % OCTETS
        for step in range(OCTETS):
            octet = 1 + (first + step) % OCTETS
            network = ipaddress.ip_network(f"10.{octet}.0.0/16")
            if octet not in held and not any(network.overlaps(other) for other in used):
                mine.parent.mkdir(parents=True, exist_ok=True)
                whole = mine.with_suffix(".new")
                whole.write_text(f"{octet}\n")
                whole.rename(mine)
                return octet
    raise ClusterError(f"no free subnet: each of 10.1.0.0/16 to 10.{OCTETS}.0.0/16 is routed or held in {clusters}")


def _routed() -> list[ipaddress.IPv4Network]:
    """Every destination in this machine's routing table but the default route."""
    found: list[ipaddress.IPv4Network] = []
    for line in run(["ip", "-4", "route", "show", "table", "all"]).splitlines():
        for word in line.split()[:2]:  # `local 10.1.2.3 …` names its destination second
            try:
                found.append(ipaddress.IPv4Network(word, strict=False))
            except ValueError:
                continue
    return found


def _nameservers() -> list[ipaddress.IPv4Network]:
    """A resolver behind the default route must stay reachable as well."""
    try:
        lines = Path("/etc/resolv.conf").read_text().splitlines()
    except FileNotFoundError:
        return []
    words = [line.split() for line in lines]
    return [ipaddress.IPv4Network(each[1]) for each in words if each[:1] == ["nameserver"] and each[1].count(".") == 3]
