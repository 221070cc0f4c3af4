"""A study computed from its trials alone, as the database computes it in SQL. Called by `decisions` and `cli.judge`.

`decisions` needs the study as it was at an earlier moment, `cli.judge` a study that exists as a file only.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterable, Sequence

from hposweep.api.spec import StudyObjectiveSpec
from hposweep.model.front import front_size
from hposweep.model.history import COMPLETE, FAIL, PRUNED, RUNNING, WAITING, History, Trial
from hposweep.model.trials import Best, BestObjectiveValue, BestTrial, Counts, Study
from hpotrial import protocol


def study_of(history: History, goals: Sequence[StudyObjectiveSpec], *, study_id: int = 0, name: str = "") -> Study:
    """Return the study as the database reports it, without owner, control and images, which are no trials."""
    trials = history.trials
    failures = Counter(str(trial.attributes.get(protocol.CLASS)) for trial in trials if trial.state == FAIL)
    return Study(
        id=study_id,
        name=name,
        directions=tuple(goal.direction.upper() for goal in goals),
        counts=counts_of(trials),
        failures={name: count for name, count in failures.items() if name in protocol.FAILURE_CLASSES},
        retried=sum(protocol.RETRIED_FROM in trial.attributes for trial in trials),
        best=best_of(history, goals),
    )


def counts_of(trials: Iterable[Trial]) -> Counts:
    """Return the counts by state; failed trials that are not charged count as `uncharged` as well."""
    states: Counter[str] = Counter()
    uncharged = 0
    for trial in trials:
        states[trial.state] += 1
        uncharged += trial.state == FAIL and not trial.is_charged
    return Counts(
        complete=states[COMPLETE],
        pruned=states[PRUNED],
        failed=states[FAIL],
        running=states[RUNNING],
        waiting=states[WAITING],
        uncharged=uncharged,
    )


def best_of(history: History, goals: Sequence[StudyObjectiveSpec]) -> Best:
    """Return the best trial: of equal ones the first; of a front the best by the first value, then by the second."""
    signs = [-1.0 if goal.is_maximized else 1.0 for goal in goals]
    by_objective = tuple(best_value(history.trials, place, goal) for place, goal in enumerate(goals))
    complete = [trial for trial in history.valued if len(trial.values) == len(signs)]
    if not complete:
        return Best(None, by_objective if any(by_objective) else ())
    best = min(
        complete,
        key=lambda trial: ([sign * value for sign, value in zip(signs, trial.values, strict=True)], trial.number),
    )
    has_front = len(signs) > 1
    front = (
        front_size([trial.values for trial in complete], [goal.is_maximized for goal in goals]) if has_front else None
    )
    return Best(BestTrial(best.number, best.values, best.params, best.completed, front=front), by_objective)


def best_value(trials: Iterable[Trial], place: int, goal: StudyObjectiveSpec) -> BestObjectiveValue | None:
    """Return the best value of one objective, whatever the trial's other values are."""
    sign = -1.0 if goal.is_maximized else 1.0
    candidates = (
        (sign * trial.values[place], trial.number, trial.values[place])
        for trial in trials
        if trial.state == COMPLETE and trial.is_feasible and len(trial.values) > place
        if math.isfinite(trial.values[place])
    )
    best = min(candidates, default=None)
    return BestObjectiveValue(best[1], best[2]) if best is not None else None
