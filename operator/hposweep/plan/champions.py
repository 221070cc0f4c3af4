"""The phase of the champions: their study, their trials, and workers like those of the search. Called by `planner`.

`api.champions_sweep` describes the phase as a sweep of its own, so that the planners of a search serve it unchanged.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from hposweep.api.champions import ChampionsSpec
from hposweep.api.champions_sweep import champions_sweep
from hposweep.api.conditions import PASSED, STOPPED_BY_USER, VALID
from hposweep.api.names import CHAMPIONS_PHASE
from hposweep.api.sweep import Sweep
from hposweep.model.champions import Champion, ChampionsVerdict
from hposweep.model.enqueueing import EnqueueChampions, EnqueuedTrial
from hposweep.model.gate import Gate
from hposweep.model.gpu_seconds import Ledger
from hposweep.model.observation import Observation
from hposweep.model.plan import Action, CreateStudy, DisownStudy, FailTrials
from hposweep.model.preflight import PreflightVerdict
from hposweep.model.trials import Study
from hposweep.model.verdicts import Stop, Verdicts
from hposweep.plan.images import images
from hposweep.plan.situation import situation_of
from hposweep.plan.source import source
from hposweep.plan.trial_workers import new_job, resize, restarts
from hposweep.plan.trials import held_pods, reap
from hpotrial import protocol
from hpotrial.protocol.champion import FIRST_SEED, ChampionMark

_OPEN = Gate(is_open=True, reason=VALID, message="the search has ended")


def champions(sweep: Sweep, observation: Observation, verdicts: Verdicts) -> tuple[Action, ...]:
    """Return the actions of a sweep whose search has ended."""
    spec, verdict, own = sweep.spec.champions, verdicts.champions, observation.champions
    if spec is None or verdict is None or not (verdict.is_active and verdict.champions and sweep.has_ended):
        return ()
    study = own.study if own is not None else None
    trials = len(verdict.champions) * spec.seeds
    phase_sweep = champions_sweep(sweep, spec, trials + (study.existing if study is not None else 0))
    if study is None or study.owner != sweep.uid:
        return tuple(_claim(phase_sweep, observation, study))
    search = observation.champions_as_search
    situation = situation_of(phase_sweep, search, _verdicts(phase_sweep, verdicts, verdict), study, CHAMPIONS_PHASE)
    if not verdict.is_enqueued:
        enqueueing = EnqueueChampions(study.id, tuple(_trials(sweep, spec, verdict.champions)))
        return (situation.control, enqueueing)
    actions = (
        situation.control if situation.control.closes_breaker or not situation.control_applied else None,
        images(search, study),
        source(search, study),
        reap(phase_sweep, search, is_final=situation.is_terminating),
        new_job(situation),
        resize(situation),
        *held_pods(search),
        *restarts(situation),
    )
    return tuple(action for action in actions if action is not None)


def leave_champions(sweep: Sweep, observation: Observation) -> FailTrials | None:
    """Leave no trial of a champion RUNNING, because the sweep is being deleted."""
    if sweep.spec.champions is None or observation.champions is None:
        return None
    phase_sweep = champions_sweep(sweep, sweep.spec.champions, sweep.spec.champions.trials)
    return reap(phase_sweep, observation.champions_as_search, is_final=sweep.spec.is_terminating)


def own_studies(sweep: Sweep, observation: Observation) -> tuple[Study, ...]:
    """Return the studies that the sweep owns: that of its champions, and that of its search."""
    champions = observation.champions.study if observation.champions is not None else None
    studies = (champions, observation.storage.study)
    return tuple(study for study in studies if study is not None and study.owner == sweep.uid)


def _claim(phase_sweep: Sweep, observation: Observation, study: Study | None) -> Iterator[Action]:
    """Yield the actions that give the sweep its study, new or as it is.

    A study that is taken over loses its owner first: its claim then counts the trials that it has as earlier ones.
    """
    if study is not None and study.owner is not None:
        yield DisownStudy(study.id, study.name, study.owner)
    yield CreateStudy(
        name=phase_sweep.study_name,
        directions=phase_sweep.directions,
        metric_names=tuple(objective.name for objective in phase_sweep.spec.study.objectives),
        owner=phase_sweep.uid,
        identity=observation.identity,
        is_adoption=study is not None,
    )


def _trials(sweep: Sweep, spec: ChampionsSpec, champions: tuple[Champion, ...]) -> list[EnqueuedTrial]:
    """Return the trials seed by seed, so that all champions have as many values when the phase is stopped."""
    marks = (
        (champion, ChampionMark(sweep.uid, champion.rank, FIRST_SEED + place, champion.trial, champion.value))
        for place in range(spec.seeds)
        for champion in champions
    )
    return [EnqueuedTrial(champion.params, {protocol.CHAMPION: mark.to_json()}) for champion, mark in marks]


def _verdicts(phase_sweep: Sweep, verdicts: Verdicts, verdict: ChampionsVerdict) -> Verdicts:
    """Return the verdicts by which the planners of a search run the phase; what was refused to the search stays so."""
    stop = None
    if phase_sweep.spec.is_stopping:
        stop = Stop(phase_sweep.spec.stop, STOPPED_BY_USER, "stopped by `spec.stop`", is_by_person=True)
    return Verdicts(
        accepted=verdicts.accepted,
        approval=verdicts.approval,
        storage=_OPEN,
        preflight=PreflightVerdict(replace(_OPEN, reason=PASSED)),
        tiers=(),
        stop=stop,
        ledger=Ledger(gpus_per_worker=verdict.gpus_per_worker),
    )
