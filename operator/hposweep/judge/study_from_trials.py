"""A study worked out from its trials alone: what the database counts in SQL, of any part of a history.

`decisions` looks at the study as it was at a moment that has passed, `cli.classify` at one that only a file remembers.
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
    """Equal to what the database says of the same trials, but for what is no trial: owner, control, images."""
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
    """By state; the failed ones that are not charged once more."""
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
    """Among equals the trial with the lower number. Of a front: the best by the first value, then by the second."""
    signs = [-1.0 if goal.is_maximized else 1.0 for goal in goals]
    by_objective = tuple(_best_value(history, place, sign) for place, sign in enumerate(signs))
    whole = [trial for trial in history.valued if len(trial.values) == len(signs)]
    if not whole:
        return Best(None, by_objective if any(by_objective) else ())
    best = min(
        whole, key=lambda trial: ([sign * value for sign, value in zip(signs, trial.values, strict=True)], trial.number)
    )
    several = len(signs) > 1
    front = front_size([trial.values for trial in whole], [goal.is_maximized for goal in goals]) if several else None
    return Best(BestTrial(best.number, best.values, best.params, best.completed, front=front), by_objective)


def _best_value(history: History, place: int, sign: float) -> BestObjectiveValue | None:
    """Of one objective, whatever the trial's other values are."""
    numbered = (
        (sign * trial.values[place], trial.number, trial.values[place])
        for trial in history.trials
        if trial.state == COMPLETE and trial.is_feasible and len(trial.values) > place
        if math.isfinite(trial.values[place])
    )
    found = min(numbered, default=None)
    return BestObjectiveValue(found[1], found[2]) if found is not None else None
