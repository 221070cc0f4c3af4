"""Read the second study of a sweep, in which its champions are trained again. Called by `observation`."""

from __future__ import annotations

from hposweep.api.champions_sweep import champions_study_name
from hposweep.api.sweep import Sweep
from hposweep.database.study import Studies
from hposweep.model.champions import ChampionsStudy


async def observe_champions(sweep: Sweep, studies: Studies) -> ChampionsStudy | None:
    """Return the study; None while the search runs, and for a sweep without champions. Raises StorageError."""
    if sweep.spec.champions is None or not (sweep.has_ended or sweep.is_deleting):
        return None
    is_maximized = [objective.is_maximized for objective in sweep.spec.study.objectives]
    study = await studies.lane.run(studies.read, champions_study_name(sweep), is_maximized)
    if study is None or study.owner != sweep.uid or sweep.is_deleting:
        return ChampionsStudy(study)
    return ChampionsStudy(study, await studies.lane.run(studies.history, study.id, study.counts))
