"""One consistent view of a sweep: its study, its Jobs and pods, its baseline. Called by `reconcile`, once per pass."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from hposweep.api.sweep import Sweep
from hposweep.cluster.protocol import Cluster
from hposweep.database.connection import StorageError
from hposweep.database.pool import Databases
from hposweep.database.study import Studies
from hposweep.model.history import History
from hposweep.model.observation import Observation
from hposweep.observe.baseline import Baselines, baseline_faults
from hposweep.observe.spec import observe_refusals
from hposweep.observe.storage import observe_history, observe_limits, observe_study, open_studies, unreachable_storage


async def observe(
    sweep: Sweep, cluster: Cluster, databases: Databases, baselines: Baselines, now: datetime
) -> tuple[Observation, Studies | None]:
    """Return the observation, and the database to act on (None when it cannot be used).

    Read trials before pods: a trial whose pod is then absent has certainly lost it (`plan.trials` relies on it).
    """
    studies: Studies | None = None
    history: History | None = None
    try:
        studies = await open_studies(sweep, cluster, databases)
        storage = await observe_study(sweep, studies)
        history = await observe_history(sweep, storage, studies)
    except StorageError as error:
        databases.count_error(error.reason)
        studies, storage = None, unreachable_storage(sweep, error)
    baseline = None if sweep.is_deleting else await baselines.observe(sweep, cluster, databases, studies, now)
    children = await cluster.children(sweep)
    observation = Observation(storage=storage, children=children, now=now, history=history, baseline=baseline)
    if observation.search.has_started or sweep.has_ended or sweep.is_deleting:
        return observation, studies
    return await _with_start_checks(sweep, observation, cluster, databases, studies)


async def _with_start_checks(
    sweep: Sweep, observation: Observation, cluster: Cluster, databases: Databases, studies: Studies | None
) -> tuple[Observation, Studies | None]:
    """Add the checks before the first worker: spec, baseline, and the connections that the database has left."""
    refusals, code_version = await observe_refusals(sweep, cluster)
    refusals = (*refusals, *baseline_faults(observation.baseline))
    observation = replace(observation, refusals=refusals, code_version=code_version)
    if studies is None or observation.storage.study is None:
        return observation, studies
    try:
        return replace(observation, storage=await observe_limits(observation.storage, studies)), studies
    except StorageError as error:
        databases.count_error(error.reason)
        return replace(observation, storage=unreachable_storage(sweep, error), history=None), None
