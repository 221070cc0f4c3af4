"""The configurations that are trained again: the best different ones of the search. Called by `verdict`."""

from __future__ import annotations

import json
from collections.abc import Mapping

from hposweep.api.champions import ChampionsSpec
from hposweep.api.spec import StudyObjectiveSpec
from hposweep.model.champions import Champion
from hposweep.model.history import History, Trial
from hpotrial import protocol
from hpotrial.protocol.champion import ChampionMark


def metric_place(champions: ChampionsSpec, goals: tuple[StudyObjectiveSpec, ...]) -> int:
    """Return the index of the objective that ranks them; the linter refuses a name that there is not."""
    names = [goal.name for goal in goals]
    return names.index(champions.metric) if champions.metric in names else 0


def select(champions: ChampionsSpec, goals: tuple[StudyObjectiveSpec, ...], history: History) -> tuple[Champion, ...]:
    """Return at most `top` of them, best first. A configuration that ran twice has its better trial."""
    place = metric_place(champions, goals)
    sign = -1.0 if goals[place].is_maximized else 1.0
    trials = (trial for trial in history.valued if len(trial.values) > place)
    best: dict[str, Trial] = {}
    for trial in sorted(trials, key=lambda entry: (sign * entry.values[place], entry.number)):
        best.setdefault(json.dumps(trial.params, sort_keys=True, default=str), trial)
        if len(best) == champions.top:
            break
    return tuple(
        Champion(rank, trial.number, trial.values[place], trial.params) for rank, trial in enumerate(best.values(), 1)
    )


def trials_by_seed(uid: str, history: History | None) -> Mapping[tuple[int, int], tuple[ChampionMark, list[Trial]]]:
    """Return the trials of this sweep's champions by rank and seed, with retries; the study is the record of them."""
    entries: dict[tuple[int, int], tuple[ChampionMark, list[Trial]]] = {}
    for trial in history.trials if history is not None else ():
        mark = ChampionMark.from_json(trial.attributes.get(protocol.CHAMPION))
        if mark is not None and mark.key == uid:
            entries.setdefault((mark.rank, mark.seed), (mark, []))[1].append(trial)
    return entries


def champions_in(uid: str, history: History | None) -> tuple[Champion, ...]:
    """Return the configurations that were enqueued; their parameters are known once one of their trials has run."""
    champions: dict[int, Champion] = {}
    for (rank, _), (mark, trials) in sorted(trials_by_seed(uid, history).items()):
        params = next((trial.params for trial in trials if trial.params), {})
        if rank not in champions or (params and not champions[rank].params):
            champions[rank] = Champion(rank, mark.trial, mark.value, params)
    return tuple(champions.values())
