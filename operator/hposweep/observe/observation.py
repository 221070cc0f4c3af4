"""One moment of the world for one sweep. Called by `reconcile`, once per pass."""

from __future__ import annotations

from datetime import datetime

from hposweep.api.sweep import Sweep
from hposweep.cluster.protocol import Cluster
from hposweep.database.connection import StorageError
from hposweep.database.pool import Databases
from hposweep.database.study import Studies
from hposweep.model.history import History
from hposweep.model.observation import Observation
from hposweep.observe.baseline import Baselines, refused
from hposweep.observe.spec import observe_refusals
from hposweep.observe.storage import observe_history, observe_limits, observe_study, open_studies, unreachable


async def observe(
    sweep: Sweep, cluster: Cluster, databases: Databases, baselines: Baselines, now: datetime
) -> tuple[Observation, Studies | None]:
    """What is true, and the database to act on (None when it cannot be used).

    Trials are read before pods: a trial whose pod is then absent has certainly lost it (`plan.trials` relies on it).
    """
    studies: Studies | None = None
    history: History | None = None
    try:
        studies = await open_studies(sweep, cluster, databases)
        storage = await observe_study(sweep, studies)
        history = await observe_history(sweep, storage, studies)
    except StorageError as error:
        databases.count_error(error.reason)
        studies, storage = None, unreachable(sweep, error)
    baseline = None if sweep.is_deleting else await baselines.observe(sweep, cluster, databases, studies, now)
    workers = await cluster.workers(sweep)
    is_unproven = not workers.jobs and not sweep.has_ended and not sweep.is_deleting
    refusals = (*await observe_refusals(sweep, cluster), *refused(baseline)) if is_unproven else ()
    if is_unproven and studies is not None and storage.study is not None:
        try:
            storage = await observe_limits(storage, studies)
        except StorageError as error:
            databases.count_error(error.reason)
            studies, storage, history = None, unreachable(sweep, error), None
    seen = Observation(storage=storage, workers=workers, now=now, refusals=refusals, history=history, baseline=baseline)
    return seen, studies
