"""Read what the sweep is compared with: plain numbers of its spec, or an earlier study. Called by `observation`.

An earlier study rarely changes, so it is read at most once a minute, and its trials only when its counts changed.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from hposweep.api import conditions
from hposweep.api.spec import BaselineSpec, StudyObjectiveSpec
from hposweep.api.storage import DatabaseSpec
from hposweep.api.sweep import Sweep
from hposweep.cluster.protocol import Cluster
from hposweep.database.errors import StorageError
from hposweep.database.pool import Databases
from hposweep.database.study import Studies
from hposweep.model.baseline import Baseline
from hposweep.model.history import History
from hposweep.model.observation import Fault
from hposweep.model.trials import Study
from hposweep.observe.storage import open_database

FRESH_SECONDS = 60.0
# A person has to change something before the database can be used.
_LASTING = (conditions.SECRET_NOT_FOUND, conditions.INVALID_URL, conditions.HOST_NOT_ALLOWED)
UNREACHABLE_SECONDS = 10.0  # each attempt to reach the database delays a pass by seconds


@dataclass(frozen=True, slots=True)
class _CachedBaseline:
    """The last baseline of one sweep, the spec that it was read for, and the database whose cache holds its trials."""

    spec: BaselineSpec
    baseline: Baseline
    until: datetime
    studies: Studies | None = None
    study_id: int = 0


class Baselines:
    """The baselines of all sweeps, cached."""

    def __init__(self) -> None:
        self._cache: dict[tuple[str, str], _CachedBaseline] = {}

    async def observe(
        self, sweep: Sweep, cluster: Cluster, databases: Databases, own_studies: Studies | None, now: datetime
    ) -> Baseline | None:
        """Return None when the spec names none. `own_studies` is the sweep's own database, None while unreachable."""
        spec, key = sweep.spec.baseline, (sweep.namespace, sweep.name)
        if spec is None:
            return None
        if spec.study is None:
            return Baseline(best=spec.value, trials=spec.trials)
        cached = self._cache.get(key)
        if cached is not None and cached.spec != spec:
            cached = None
        if cached is not None and now < cached.until:
            return cached.baseline
        entry = await self._read(sweep, spec, cluster, databases, own_studies, now)
        if entry.baseline.is_temporary and cached is not None and not cached.baseline.fault:
            entry = replace(cached, until=entry.until)  # an error says nothing about an earlier study
        if entry.baseline.fault and not entry.baseline.is_temporary:
            self._cache.pop(key, None)  # a user who fixes it sees the result in the next pass
        else:
            self._cache[key] = entry
        return entry.baseline

    async def _read(
        self,
        sweep: Sweep,
        spec: BaselineSpec,
        cluster: Cluster,
        databases: Databases,
        own_studies: Studies | None,
        now: datetime,
    ) -> _CachedBaseline:
        try:
            studies = own_studies if spec.storage is None else await _database(sweep, spec.storage, cluster, databases)
            if studies is not None:
                is_own = studies is own_studies
                baseline, study_id = await studies.lane.run(_read_study, sweep, spec, studies, is_own)
                return _CachedBaseline(spec, baseline, now + timedelta(seconds=FRESH_SECONDS), studies, study_id)
            # The condition StorageReady says what is wrong with the database of the sweep's own study.
            reason, cause = "", "it is in the database of the sweep's own study, which cannot be used now"
        except StorageError as error:
            databases.count_error(error.reason)
            reason, cause = error.reason, error.message
        baseline = Baseline(
            study=spec.study,
            fault=f"study `{spec.study}` of `spec.baseline.study` cannot be read: {cause}",
            is_temporary=reason not in _LASTING,
        )
        return _CachedBaseline(spec, baseline, now + timedelta(seconds=UNREACHABLE_SECONDS))

    def forget(self, namespace: str, name: str) -> None:
        cached = self._cache.pop((namespace, name), None)
        if cached is not None and cached.studies is not None:
            cached.studies.forget(cached.study_id)  # a sweep that still watches it reads it once more


def baseline_faults(baseline: Baseline | None) -> tuple[Fault, ...]:
    """Return the faults that keep a sweep from starting; a database that may come back by itself is none."""
    if baseline is None or not baseline.fault or baseline.is_temporary:
        return ()
    return (Fault(conditions.CONTRADICTION, baseline.fault),)


def baseline_of(study: Study, history: History, objectives: tuple[StudyObjectiveSpec, ...]) -> Baseline:
    """Return the baseline that a study is, or the fault that makes a comparison impossible."""
    directions = tuple(objective.direction.upper() for objective in objectives)
    if study.directions != directions:
        has, needs = (", ".join(word.capitalize() for word in words) for words in (study.directions, directions))
        return Baseline(
            study=study.name,
            fault=f"study `{study.name}` of `spec.baseline.study` has other objectives ({has}) than "
            f"`spec.study.objectives` ({needs}), so their values cannot be compared; name another study, or give its "
            "best as `spec.baseline.value`",
        )
    best = study.best.by_objective[0] if study.best.by_objective else None
    if best is None:
        return Baseline(
            study=study.name,
            fault=f"study `{study.name}` of `spec.baseline.study` has no complete trial with a finite value "
            f"({study.counts.finished} finished), so there is nothing to compare with; wait for it, or name another",
        )
    return Baseline(
        best=best.value,
        trials=study.counts.finished,
        study=study.name,
        directions=study.directions,
        history=history,
    )


async def _database(sweep: Sweep, other: DatabaseSpec, cluster: Cluster, databases: Databases) -> Studies:
    return await open_database(other, "spec.baseline.storage", sweep, cluster, databases)


def _read_study(sweep: Sweep, spec: BaselineSpec, studies: Studies, is_own: bool) -> tuple[Baseline, int]:
    """Return the baseline and the id of its study, 0 for none. Blocks. Raises StorageError."""
    name, objectives = str(spec.study), sweep.spec.study.objectives
    if is_own and name == sweep.study_name:
        fault = f"`spec.baseline.study` is `{name}`, which is the sweep's own study; it must name an earlier one"
        return Baseline(study=name, fault=fault), 0
    study = studies.read(name, [objective.is_maximized for objective in objectives])
    if study is None:
        secret = (spec.storage or sweep.spec.study.storage).secret_ref
        fault = (
            f"study `{name}` of `spec.baseline.study` does not exist in the database of Secret `{secret.name}` (key "
            f"`{secret.key}`); name one that is there, or give its best as `spec.baseline.value`"
        )
        return Baseline(study=name, fault=fault), 0
    return baseline_of(study, studies.history(study.id, study.counts), objectives), study.id
