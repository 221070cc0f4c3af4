"""The cluster's part of a plan: Kubernetes objects, by server-side apply."""

from __future__ import annotations

from hposweep.cluster.protocol import Cluster
from hposweep.model.plan import Plan


async def apply_children(plan: Plan, cluster: Cluster) -> None:
    """Raises `RefusedError` when the cluster will not have one."""
    for manifest in plan.apply:
        await cluster.apply(manifest)
