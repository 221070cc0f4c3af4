"""What the sweep is compared with: plain numbers of its spec, or an earlier study. Called by `observation`.

An earlier study rarely changes, so it is looked at once a minute at most, and its trials are read only when they moved.
"""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from hposweep.api import conditions
from hposweep.api.spec import BaselineSpec as Wanted
from hposweep.api.spec import BaselineStorageSpec, StudyObjectiveSpec
from hposweep.api.sweep import Sweep
from hposweep.cluster.protocol import Cluster
from hposweep.database.connection import StorageError
from hposweep.database.pool import Databases
from hposweep.database.study import Studies
from hposweep.model.baseline import Baseline
from hposweep.model.history import History
from hposweep.model.observation import Fault
from hposweep.model.trials import Study
from hposweep.observe.storage import open_database

FRESH_SECONDS = 60.0
AWAY_SECONDS = 10.0  # each try at a database that is away keeps a pass waiting for seconds


@dataclass(frozen=True, slots=True)
class _CachedBaseline:
    """The last answer for one sweep, to which question, and whose memory holds its trials."""

    wanted: Wanted
    baseline: Baseline
    until: datetime
    studies: Studies | None = None
    study_id: int = 0


class Baselines:
    """Of all sweeps; remembers what it has read."""

    def __init__(self) -> None:
        self._known: dict[tuple[str, str], _CachedBaseline] = {}

    async def observe(
        self, sweep: Sweep, cluster: Cluster, databases: Databases, own: Studies | None, now: datetime
    ) -> Baseline | None:
        """None when the spec names none. `own` is the database of the sweep's study, None while it is away."""
        wanted, key = sweep.spec.baseline, (sweep.namespace, sweep.name)
        if wanted is None:
            return None
        if wanted.study is None:
            return Baseline(best=wanted.value, trials=wanted.trials)
        known = self._known.get(key)
        if known is not None and known.wanted != wanted:
            known = None
        if known is not None and now < known.until:
            return known.baseline
        found = await self._look(sweep, wanted, cluster, databases, own, now)
        if found.baseline.is_temporary and known is not None and not known.baseline.fault:
            found = replace(known, until=found.until)  # an error is no news about an earlier study
        if found.baseline.fault and not found.baseline.is_temporary:
            self._known.pop(key, None)  # somebody mends it now, and wants to see that it is mended
        else:
            self._known[key] = found
        return found.baseline

    async def _look(
        self,
        sweep: Sweep,
        wanted: Wanted,
        cluster: Cluster,
        databases: Databases,
        own: Studies | None,
        now: datetime,
    ) -> _CachedBaseline:
        try:
            studies = own if wanted.storage is None else await _database(sweep, wanted.storage, cluster, databases)
            if studies is not None:
                baseline, study_id = await asyncio.to_thread(_read, sweep, wanted, studies, studies is own)
                return _CachedBaseline(wanted, baseline, now + timedelta(seconds=FRESH_SECONDS), studies, study_id)
            # Whatever is wrong with the database of the sweep's own study is said elsewhere.
            reason, why = "", "it is in the database of the sweep's own study, which cannot be used now"
        except StorageError as error:
            databases.count_error(error.reason)
            reason, why = error.reason, error.message
        baseline = Baseline(
            study=wanted.study,
            fault=f"study `{wanted.study}` of `spec.baseline.study` cannot be read: {why}",
            is_temporary=reason not in (conditions.SECRET_NOT_FOUND, conditions.INVALID_URL),
        )
        return _CachedBaseline(wanted, baseline, now + timedelta(seconds=AWAY_SECONDS))

    def forget(self, namespace: str, name: str) -> None:
        known = self._known.pop((namespace, name), None)
        if known is not None and known.studies is not None:
            known.studies.forget(known.study_id)  # a sweep that still watches it reads it once more


def baseline_faults(baseline: Baseline | None) -> tuple[Fault, ...]:
    """What speaks against a spec that has no workers yet: not a database that may come back by itself."""
    if baseline is None or not baseline.fault or baseline.is_temporary:
        return ()
    return (Fault(conditions.CONTRADICTION, baseline.fault),)


def baseline_of(study: Study, history: History, goals: tuple[StudyObjectiveSpec, ...]) -> Baseline:
    """Of a study that was read, or the fault that makes a comparison impossible."""
    directions = tuple(goal.direction.upper() for goal in goals)
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


async def _database(sweep: Sweep, other: BaselineStorageSpec, cluster: Cluster, databases: Databases) -> Studies:
    field = "spec.baseline.storage.secretRef"
    return await open_database(other.secret_ref, field, sweep.namespace, cluster, databases)


def _read(sweep: Sweep, wanted: Wanted, studies: Studies, is_own: bool) -> tuple[Baseline, int]:
    """With the id of the study that was read, 0 for none. Blocking. Raises StorageError."""
    name, goals = str(wanted.study), sweep.spec.study.objectives
    if is_own and name == sweep.study_name:
        fault = f"`spec.baseline.study` is `{name}`, which is the sweep's own study; it must name an earlier one"
        return Baseline(study=name, fault=fault), 0
    study = studies.read(name, [goal.is_maximized for goal in goals])
    if study is None:
        secret = (wanted.storage or sweep.spec.study.storage).secret_ref
        fault = (
            f"study `{name}` of `spec.baseline.study` does not exist in the database of Secret `{secret.name}` (key "
            f"`{secret.key}`); name one that is there, or give its best as `spec.baseline.value`"
        )
        return Baseline(study=name, fault=fault), 0
    return baseline_of(study, studies.history(study.id, study.counts), goals), study.id
