"""Execute the actions of a plan one by one, and log each. Called by `reconcile`."""

from __future__ import annotations

import asyncio
import logging

from hposweep.apply import study
from hposweep.cluster.protocol import Cluster
from hposweep.database.study import Studies
from hposweep.model.plan import Action, Plan, StudyAction
from hposweep.telemetry.logs import fields

_log = logging.getLogger(__name__)


async def apply_plan(plan: Plan, namespace: str, cluster: Cluster, studies: Studies | None) -> None:
    """Stop at the first action that fails. Raises StorageError, or RefusedError when the cluster refuses an object.

    Without a usable database (`studies` is None) the actions on the study are left out.
    """
    for action in plan.actions:
        if studies is None and isinstance(action, StudyAction):
            continue
        count = await _execute(action, namespace, cluster, studies)
        _log.info("%s", action.message(count), extra=fields(action=type(action).__name__))


async def _execute(action: Action, namespace: str, cluster: Cluster, studies: Studies | None) -> int:
    """Return how many trials changed."""
    if studies is not None and isinstance(action, StudyAction):
        return await asyncio.to_thread(study.execute, action, studies)
    if not isinstance(action, StudyAction):
        await cluster.execute(namespace, action)
    return 0
