"""Read the second study of a sweep, in which its champions are trained again. Called by `observation`."""

from __future__ import annotations

from dataclasses import replace

from hposweep.api.champions_sweep import champions_study_name
from hposweep.api.sweep import Sweep
from hposweep.cluster.protocol import Cluster
from hposweep.database.study import Studies
from hposweep.model.champions import ChampionsStudy
from hposweep.model.ownership import SweepIdentity
from hposweep.model.storage import Storage
from hposweep.observe.owner import observe_owner


async def observe_champions(
    identity: SweepIdentity, sweep: Sweep, storage: Storage, cluster: Cluster, studies: Studies
) -> ChampionsStudy | None:
    """Return the study; None while the search runs, and for a sweep without champions. Raises StorageError."""
    if sweep.spec.champions is None or not (sweep.has_ended or sweep.is_deleting):
        return None
    is_maximized = [objective.is_maximized for objective in sweep.spec.study.objectives]
    study = await studies.lane.run(studies.read, champions_study_name(sweep), is_maximized)
    if study is None or sweep.is_deleting:
        return ChampionsStudy(study)
    if study.owner != sweep.uid:
        storage = await observe_owner(identity, sweep, replace(storage, study=study), cluster, studies)
        return ChampionsStudy(study, other_owner=storage.other_owner)
    return ChampionsStudy(study, await studies.lane.run(studies.history, study.id, study.counts))
