"""The champions in the status: their condition, and their table. Called by `conditions` and `status`."""

from __future__ import annotations

from collections.abc import Iterator

from hposweep.api import conditions as c
from hposweep.api.champions import ChampionsStatus, ChampionStatus
from hposweep.api.champions_sweep import champions_study_name
from hposweep.api.names import CHAMPIONS_PHASE
from hposweep.api.sweep import Sweep
from hposweep.model.champions import Champion, ChampionResult, ChampionsVerdict
from hposweep.model.observation import Observation
from hposweep.model.verdicts import Verdicts
from hposweep.report.condition import ConditionDraft
from hposweep.report.phase_gate import latest_attempt
from hposweep.report.workers import TROUBLES, pod_trouble


def champions_validated(sweep: Sweep, observation: Observation, verdicts: Verdicts) -> Iterator[ConditionDraft]:
    """Yield the condition of a sweep with champions. While their pods cannot run, it says why."""
    verdict = verdicts.champions
    if verdict is None:
        return
    if verdict.is_active and verdict.reason == c.RUNNING:
        workers = latest_attempt(observation.champion_workers, sweep.name, CHAMPIONS_PHASE, 0)
        trouble = pod_trouble(workers, observation.now)
        if trouble is not None and trouble[0] in TROUBLES:
            message = f"{verdict.message}; a pod does not run: {trouble[1]}"
            yield ConditionDraft(c.CHAMPIONS_VALIDATED, c.UNKNOWN, trouble[0], message)
            return
    yield ConditionDraft(c.CHAMPIONS_VALIDATED, verdict.status, verdict.reason, verdict.message)


def champions_status(sweep: Sweep, verdicts: Verdicts) -> ChampionsStatus | None:
    """Return the table; the last one when the champions are not known in this pass."""
    spec, verdict = sweep.spec.champions, verdicts.champions
    before = sweep.status.champions if sweep.status is not None else None
    if spec is None or verdict is None or not verdict.champions:
        return before
    if verdict.result is None and before is not None and before.pick is not None:
        return before
    result = verdict.result
    rows = tuple(_rows(verdict))
    return ChampionsStatus(
        study=champions_study_name(sweep),
        trials=len(verdict.champions) * spec.seeds,
        finished=sum(row.finished for row in rows) if result is not None else verdict.finished,
        champions=rows,
        pick=result.pick if result is not None else None,
        overrides=spec.overrides or None,
    )


def _rows(verdict: ChampionsVerdict) -> Iterator[ChampionStatus]:
    if verdict.result is None:
        yield from (_planned(champion) for champion in verdict.champions)
        return
    for entry in verdict.result.champions:
        yield _trained(entry, is_shown=verdict.result.pick in (None, entry.champion.rank))


def _planned(champion: Champion) -> ChampionStatus:
    return ChampionStatus(champion.rank, champion.trial, champion.value, finished=0)


def _trained(entry: ChampionResult, *, is_shown: bool) -> ChampionStatus:
    """Return the row. Parameters are shown of the champion to use, or of all while there is none."""
    champion = entry.champion
    return ChampionStatus(
        rank=champion.rank,
        trial=champion.trial,
        search_value=champion.value,
        finished=entry.finished,
        mean=entry.mean,
        low=entry.low,
        high=entry.high,
        p=entry.baseline_p,
        params=champion.params if is_shown else None,
    )
