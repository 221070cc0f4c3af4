"""Names inside the cluster: CoreDNS is applied as a pod, and asked from the host whether it answers."""

from __future__ import annotations

import secrets
import socket
import string
import struct
from pathlib import Path

from tests.cluster import image, process
from tests.cluster.binaries import Binaries
from tests.cluster.command import run
from tests.cluster.layout import Layout

MANIFEST = Path(__file__).resolve().parent / "dns.yaml"
NAME = "kubernetes.default.svc.cluster.local"
TIMEOUT_SECONDS = 0.5
TYPE_A, CLASS_IN, RECURSION_DESIRED = 1, 1, 0x0100


def apply(layout: Layout, binaries: Binaries) -> None:
    values = {"IMAGE": image.coredns(binaries).reference(layout.registry), "ADDRESS": layout.dns_service}
    manifest = string.Template(MANIFEST.read_text()).substitute(values)
    environment = {**process.clean_environment(), "KUBECONFIG": str(layout.pki / "admin.kubeconfig")}
    run([str(binaries["kubectl"]), "apply", "-f", "-"], text=manifest, environment=environment)


def answers(layout: Layout) -> bool:
    """Ask through the Service for the API server's own name, as a pod would."""
    identity = secrets.randbits(16)
    labels = b"".join(bytes([len(label)]) + label.encode() for label in NAME.split("."))
    question = (
        struct.pack(">6H", identity, RECURSION_DESIRED, 1, 0, 0, 0) + labels + struct.pack(">BHH", 0, TYPE_A, CLASS_IN)
    )
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as client:
        client.settimeout(TIMEOUT_SECONDS)
        try:
            client.sendto(question, (layout.dns_service, 53))
            answer = client.recv(512)
        except OSError:
            return False
    echoed, _, _, count = struct.unpack(">4H", answer[:8])
    return bool(echoed == identity and count > 0)
