"""The cluster's part of a plan: new objects, the size of the Job that lives, pods that only we can end, pauses."""

from __future__ import annotations

from hposweep.cluster.protocol import Cluster
from hposweep.model.plan import Plan


async def apply_children(plan: Plan, namespace: str, cluster: Cluster) -> None:
    """Raises `RefusedError` when the cluster will not have one."""
    for manifest in plan.apply:
        await cluster.apply(manifest)
    if plan.resize is not None:
        await cluster.resize(namespace, plan.resize)
    for name in plan.delete_pods:
        await cluster.delete_pod(namespace, name)
    for pause in plan.backoff_resets:
        await cluster.reset_backoff(namespace, pause)
