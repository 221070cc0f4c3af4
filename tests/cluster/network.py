"""One bridge on the host and one network namespace a machine; all pod and service ranges are plain routes.

Nothing is masqueraded and the host forwards nothing: machines reach each other over the bridge itself, so that no
sysctl and no firewall rule of the host changes.
"""

from __future__ import annotations

import contextlib
import shutil
from pathlib import Path

from tests.cluster import wait
from tests.cluster.command import run
from tests.cluster.layout import CONTROL_PLANE, HOST_NUMBERS, NODES, Layout

NAMESPACES = Path("/run/netns")


def create(layout: Layout) -> None:
    if not Path("/proc/sys/net/bridge").exists() and shutil.which("modprobe"):
        # Without it a pod that reaches itself or a neighbour through a Service never sees the answer.
        run(["modprobe", "br_netfilter"], may_fail=True)
    _ip("link", "add", layout.bridge, "type", "bridge")
    _ip("addr", "add", f"{layout.host_address}/24", "dev", layout.bridge)
    _ip("link", "set", layout.bridge, "up")
    for machine in HOST_NUMBERS:
        _connect(layout, machine)
    for destination, gateway in routes(layout).items():
        _ip("route", "add", destination, "via", gateway)


def routes(layout: Layout) -> dict[str, str]:
    """Ranges behind the machines; services go by the control plane, so that they survive the loss of any node."""
    pods = {layout.node_pods_subnet(node): layout.address(node) for node in NODES}
    return {**pods, layout.services_subnet: layout.address(CONTROL_PLANE)}


def remove(layout: Layout) -> None:
    """Remove namespaces (their links go with them) and the bridge (the host's routes go with it)."""
    for machine in HOST_NUMBERS:
        if (NAMESPACES / layout.namespace(machine)).exists():
            run(["ip", "netns", "del", layout.namespace(machine)], may_fail=True)
    wait.until("the machines' network links are gone", lambda: not _links(layout), timeout_seconds=60)
    # `ip netns` mounts this folder over itself the first time; the last one to leave takes the mount away.
    with contextlib.suppress(OSError):
        if not any(NAMESPACES.iterdir()):
            run(["umount", str(NAMESPACES)], may_fail=True)


def exists(layout: Layout) -> bool:
    names = [layout.namespace(machine) for machine in HOST_NUMBERS]
    return bool(_present(layout)) or any((NAMESPACES / name).exists() for name in names)


def set_link(layout: Layout, machine: str, state: str) -> None:
    """Pull the machine's cable (`down`) or plug it in again (`up`)."""
    _ip("link", "set", layout.interface(machine), state)


def _connect(layout: Layout, machine: str) -> None:
    namespace, interface = layout.namespace(machine), layout.interface(machine)
    _ip("netns", "add", namespace)
    _ip("link", "add", interface, "type", "veth", "peer", "name", "eth0", "netns", namespace)
    _ip("link", "set", interface, "master", layout.bridge, "up")
    inside = ("-n", namespace)
    _ip(*inside, "link", "set", "lo", "up")
    _ip(*inside, "addr", "add", f"{layout.address(machine)}/24", "dev", "eth0")
    _ip(*inside, "link", "set", "eth0", "up")
    _ip(*inside, "route", "add", "default", "via", layout.host_address)
    for destination, gateway in routes(layout).items():
        # A node owns its pod range itself (cni0), and each machine's own kube-proxy answers for services.
        if gateway != layout.address(machine) and destination != layout.services_subnet:
            _ip(*inside, "route", "add", destination, "via", gateway)


def _links(layout: Layout) -> bool:
    """Delete what is left and say whether anything was: a veth dies up to a second after its namespace."""
    present = _present(layout)
    for interface in present:
        run(["ip", "link", "del", interface], may_fail=True)
    return bool(present)


def _present(layout: Layout) -> list[str]:
    names = [layout.bridge, *(layout.interface(machine) for machine in HOST_NUMBERS)]
    return [name for name in names if Path("/sys/class/net", name).exists()]


def _ip(*arguments: str) -> None:
    run(["ip", *arguments])
