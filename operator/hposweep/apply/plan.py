"""Execute the actions of a plan one by one. Called by `reconcile`."""

from __future__ import annotations

import asyncio

from hposweep.apply import study
from hposweep.cluster.protocol import Cluster
from hposweep.database.study import Studies
from hposweep.model.plan import Action, Plan, StudyAction


async def apply_plan(plan: Plan, namespace: str, cluster: Cluster, studies: Studies | None) -> None:
    """Stop at the first action that fails. Raises StorageError, or RefusedError when the cluster refuses an object.

    Without a usable database (`studies` is None) the actions on the study are left out.
    """
    for action in plan.actions:
        await _execute(action, namespace, cluster, studies)


async def _execute(action: Action, namespace: str, cluster: Cluster, studies: Studies | None) -> None:
    if not isinstance(action, StudyAction):
        await cluster.execute(namespace, action)
    elif studies is not None:
        await asyncio.to_thread(study.execute, action, studies)
