"""Read the Job of the analysis, and its row in the database once the Job has ended. Called by `analysis_pass`."""

from __future__ import annotations

from hposweep.api.conditions import ANALYZED, RUNNING
from hposweep.api.names import ANALYSIS_PHASE
from hposweep.api.sweep import Sweep
from hposweep.cluster.protocol import Cluster
from hposweep.database.errors import StorageError
from hposweep.database.pool import Databases
from hposweep.model.analysis import AnalysisObservation
from hposweep.model.workers import Workers
from hposweep.observe.storage import open_studies


async def observe_analysis(sweep: Sweep, cluster: Cluster, databases: Databases) -> AnalysisObservation:
    """Return the observation. A Job that was removed after its end has left its row."""
    workers = (await cluster.children(sweep)).get(ANALYSIS_PHASE, Workers())
    job, _ = workers.latest_job(sweep.name, ANALYSIS_PHASE)
    before = sweep.status.condition(ANALYZED) if sweep.status is not None else None
    had_job = before is not None and before.reason == RUNNING
    study_id = sweep.status.study.id if sweep.status is not None else None
    if study_id is None or not (job.is_complete if job is not None else had_job):
        return AnalysisObservation(workers)
    try:
        studies = await open_studies(sweep, cluster, databases)
        return AnalysisObservation(workers, await studies.lane.run(studies.analysis, study_id, sweep.uid))
    except StorageError as error:
        databases.count_error(error.reason)
        return AnalysisObservation(workers, fault=error.message)
