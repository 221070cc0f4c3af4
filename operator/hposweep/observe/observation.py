"""One consistent view of a sweep: its study, its Jobs and pods, its baseline. Called by `reconcile`, once per pass."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime

from hposweep.api.sweep import Sweep
from hposweep.cluster.protocol import Cluster
from hposweep.database.errors import StorageError
from hposweep.database.pool import Databases
from hposweep.database.study import Studies
from hposweep.model.champions import ChampionsStudy
from hposweep.model.history import History
from hposweep.model.observation import Closing, Observation
from hposweep.model.ownership import SweepIdentity
from hposweep.model.source_files import SourceFiles
from hposweep.model.workers import Workers
from hposweep.observe.baseline import Baselines, baseline_faults
from hposweep.observe.champions import observe_champions
from hposweep.observe.owner import observe_identity, observe_owner
from hposweep.observe.references import observe_references
from hposweep.observe.spec import observe_refusals, observe_source
from hposweep.observe.storage import (
    observe_history,
    observe_limits,
    observe_probe,
    observe_study,
    open_studies,
    unreachable_storage,
)
from hposweep.observe.warm_starts import observe_warm_starts, warm_start_faults


async def observe(
    sweep: Sweep, cluster: Cluster, databases: Databases, baselines: Baselines, now: datetime
) -> tuple[Observation, Studies | None]:
    """Return the observation, and the database to act on (None when it cannot be used).

    Read trials before pods: a trial whose pod is then absent has certainly lost it (`plan.trials` relies on it).
    """
    studies: Studies | None = None
    history: History | None = None
    champions: ChampionsStudy | None = None
    identity: SweepIdentity | None = None
    try:
        studies = await open_studies(sweep, cluster, databases)
        identity = await observe_identity(sweep, cluster)
        storage = await observe_owner(identity, sweep, await observe_study(sweep, studies), cluster, studies)
        history = await observe_history(sweep, storage, studies)
        champions = await observe_champions(identity, sweep, storage, cluster, studies)
    except StorageError as error:
        databases.count_error(error.reason)
        studies, storage = None, unreachable_storage(sweep, error)
    baseline = None if sweep.is_deleting else await baselines.observe(sweep, cluster, databases, studies, now)
    children = await cluster.children(sweep)
    observation = Observation(
        storage=storage,
        children=children,
        now=now,
        history=history,
        baseline=baseline,
        champions=champions,
        identity=identity,
        closing=await _closing(sweep, children, studies, databases),
    )
    before_start = not (observation.search.has_started or sweep.has_ended or sweep.is_deleting)
    source = await observe_source(sweep, cluster, before_start=before_start)
    if source is not None and sweep.spec.approval.required:
        observation = replace(observation, source_digest=source.digest)
    if not before_start:
        return observation, studies
    return await _with_start_checks(sweep, observation, source, cluster, databases, studies)


async def _closing(
    sweep: Sweep, children: Mapping[str, Workers], studies: Studies | None, databases: Databases
) -> Closing | None:
    """Read the trials again after the pods, once a pod has ended whose GPU time the status does not count."""
    status = sweep.status.gpu_seconds if sweep.status is not None else None
    counted = status.ended.releasing if status is not None else ()
    pods = (pod for workers in children.values() for pod in workers.pods if pod.uid not in counted)
    has_ended = any(pod.ledger is not None and pod.ledger.ended is not None for pod in pods)
    if studies is None or sweep.is_deleting or not has_ended:
        return None
    try:
        storage = await observe_study(sweep, studies)
        history = await observe_history(sweep, storage, studies)
    except StorageError as error:
        databases.count_error(error.reason)
        return None
    return Closing(storage.study, history) if storage.study is not None and history is not None else None


async def _with_start_checks(
    sweep: Sweep,
    observation: Observation,
    source: SourceFiles | None,
    cluster: Cluster,
    databases: Databases,
    studies: Studies | None,
) -> tuple[Observation, Studies | None]:
    """Add the checks before the first worker: spec, baseline, warm start, and the connections that are left."""
    study = observation.storage.study
    warm_starts = await observe_warm_starts(sweep, study, cluster, databases, studies)
    baseline, warm_start = baseline_faults(observation.baseline), warm_start_faults(warm_starts)
    refusals = (*await observe_refusals(sweep, cluster, source), *baseline, *warm_start)
    code_version = source.version if source is not None else ""
    observation = replace(
        observation,
        refusals=refusals,
        code_version=code_version,
        references_version=await observe_references(sweep, cluster),
        warm_starts=warm_starts,
    )
    if studies is None:
        return observation, None
    try:
        storage = await observe_probe(observation.storage, studies, cluster)
        if storage.study is not None:
            storage = await observe_limits(storage, studies)
        return replace(observation, storage=storage), studies
    except StorageError as error:
        databases.count_error(error.reason)
        return replace(observation, storage=unreachable_storage(sweep, error), history=None), None
