"""Read the studies that `spec.study.warmStart` names, before the first worker. Called by `observation`.

A study that cannot be used is a fault: the sweep waits, because a search that has begun cannot start with its trials.
"""

from __future__ import annotations

from hposweep.api import conditions
from hposweep.api.sweep import Sweep
from hposweep.api.warm_start import WarmStartSpec
from hposweep.cluster.protocol import Cluster
from hposweep.database.errors import StorageError
from hposweep.database.pool import Databases
from hposweep.database.study import Studies
from hposweep.model.observation import Fault
from hposweep.model.study_start import Candidate, WarmStart, WarmStartRecord
from hposweep.model.trials import Study
from hposweep.observe.storage import open_database
from hposweep.plan.warm_start import select

CANDIDATES_PER_TRIAL = 5  # read for each trial of `top`, because some may not fit into the search space


async def observe_warm_starts(
    sweep: Sweep, study: Study | None, cluster: Cluster, databases: Databases, own_studies: Studies | None
) -> tuple[WarmStart, ...] | None:
    """Return one entry for each of the spec; None when there is none, or when the study has their trials already."""
    entries = sweep.spec.study.warm_start
    is_own = study is not None and study.owner == sweep.uid
    if not entries or own_studies is None or (is_own and study is not None and study.warm_start is not None):
        return None
    return tuple(
        [
            await _observe(sweep, position, entry, cluster, databases, own_studies)
            for position, entry in enumerate(entries)
        ]
    )


def warm_start_faults(warm_starts: tuple[WarmStart, ...] | None) -> tuple[Fault, ...]:
    """Return the faults that keep a sweep from starting."""
    return tuple(Fault(conditions.WARM_START_UNUSABLE, entry.fault) for entry in warm_starts or () if entry.fault)


async def _observe(
    sweep: Sweep, position: int, entry: WarmStartSpec, cluster: Cluster, databases: Databases, own_studies: Studies
) -> WarmStart:
    field = f"spec.study.warmStart[{position}]"
    try:
        studies = own_studies
        if entry.storage is not None:
            studies = await open_database(entry.storage, f"{field}.storage", sweep, cluster, databases)
        is_own = studies is own_studies
        candidates = await studies.lane.run(_candidates, sweep, field, entry, studies, is_own=is_own)
    except StorageError as error:
        databases.count_error(error.reason)
        candidates = f"`{field}`: study `{entry.study}` cannot be read: {error.message}"
    if isinstance(candidates, str):
        return WarmStart(WarmStartRecord(entry.study, ()), fault=candidates)
    is_front = len(sweep.spec.study.objectives) > 1
    return select(entry, position, sweep.spec.search_space, candidates, is_front=is_front)


def _candidates(
    sweep: Sweep, field: str, entry: WarmStartSpec, studies: Studies, *, is_own: bool
) -> list[Candidate] | str:
    """Return the best trials, or why the study gives none. Blocks. Raises StorageError."""
    if is_own and entry.study == sweep.study_name:
        return f"`{field}.study`: `{entry.study}` is the sweep's own study; name another one"
    maximize = [objective.is_maximized for objective in sweep.spec.study.objectives]
    study = studies.read(entry.study, maximize)
    if study is None:
        secret = (entry.storage or sweep.spec.study.storage).secret_ref
        return (
            f"`{field}.study`: study `{entry.study}` does not exist in the database of Secret `{secret.name}` (key "
            f"`{secret.key}`); the sweep starts once it is there, or create the sweep with another one"
        )
    if study.directions != sweep.directions:
        has, needs = (", ".join(word.capitalize() for word in words) for words in (study.directions, sweep.directions))
        return (
            f"`{field}.study`: study `{entry.study}` has other objectives ({has}) than `spec.study.objectives` "
            f"({needs}), so its best trials are not those of this sweep; create the sweep with another study"
        )
    candidates = studies.candidates(study.id, maximize, CANDIDATES_PER_TRIAL * entry.top)
    if not candidates:
        return (
            f"`{field}.study`: study `{entry.study}` has no complete trial with finite values and no broken constraint "
            f"({study.counts.finished} finished); the sweep starts once it has one"
        )
    return candidates
