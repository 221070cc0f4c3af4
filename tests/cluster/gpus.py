"""Advertised GPUs: a number in the nodes' status, so that scheduling by `nvidia.com/gpu` is real without a GPU."""

from __future__ import annotations

from tests.cluster import api
from tests.cluster.layout import NODES, Layout

RESOURCE = "nvidia.com/gpu"
PER_NODE = 2


def advertise(layout: Layout, per_node: int = PER_NODE) -> None:
    """Set the number on each node; the kubelet keeps it until the node object goes."""
    amount = {RESOURCE: str(per_node)}
    for node in NODES:
        api.patch(layout, f"/api/v1/nodes/{node}/status", {"status": {"capacity": amount, "allocatable": amount}})
