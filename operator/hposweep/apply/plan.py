"""Execute the actions of a plan one by one, and log each. Called by `reconcile`."""

from __future__ import annotations

import logging
from functools import partial

from hposweep.apply import study
from hposweep.cluster.protocol import Cluster
from hposweep.database.study import Studies
from hposweep.model.plan import Action, ClusterAction, Notify, Plan, StudyAction
from hposweep.notify.notifier import Notifier
from hposweep.telemetry.logs import fields

_log = logging.getLogger(__name__)


async def apply_plan(
    plan: Plan, namespace: str, cluster: Cluster, studies: Studies | None, notifier: Notifier | None = None
) -> None:
    """Stop at the first action that fails. Raises StorageError, or RefusedError when the cluster refuses an object.

    Without a usable database (`studies` is None) the actions on the study are left out. A
    notification is only started, and cannot fail here.
    """
    for action in plan.actions:
        if isinstance(action, Notify):
            if notifier is not None:
                secret = action.attempt.key.secret_ref
                read_url = partial(cluster.secret_value, namespace, secret.name, secret.key)
                notifier.start((namespace, action.sweep), action, read_url)
                _log_action(action, 0)
            continue
        if studies is None and isinstance(action, StudyAction):
            continue
        count = await _execute(action, namespace, cluster, studies)
        _log_action(action, count)


def _log_action(action: Action, count: int) -> None:
    _log.info("%s", action.message(count), extra=fields(action=type(action).__name__))


async def _execute(
    action: StudyAction | ClusterAction, namespace: str, cluster: Cluster, studies: Studies | None
) -> int:
    """Return how many trials changed."""
    if studies is not None and isinstance(action, StudyAction):
        return await studies.lane.run(study.execute, action, studies)
    if not isinstance(action, StudyAction):
        await cluster.execute(namespace, action)
    return 0
