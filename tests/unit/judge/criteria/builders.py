"""Builders of studies with a planted truth, and of the evidence made of them."""

from __future__ import annotations

import random
from collections.abc import Callable, Sequence
from typing import Any

from hposweep.api.criteria import Criterion
from hposweep.api.space import Choices, FloatRange, IntRange, Parameter
from hposweep.api.spec import StudyObjectiveSpec
from hposweep.judge.criteria.criterion import verdict
from hposweep.judge.evidence import Evidence
from hposweep.model.baseline import Baseline
from hposweep.model.history import COMPLETE, History, Trial
from hposweep.model.trials import Best, BestObjectiveValue, BestTrial, Counts, Study
from hposweep.model.verdicts import CriterionVerdict, Outcome
from hpotrial import protocol

T, F, U = Outcome.TRUE, Outcome.FALSE, Outcome.UNKNOWN
SCORE = (StudyObjectiveSpec("score", "Maximize"),)
SPACE = (
    Parameter("x", float_=FloatRange(0.0, 1.0)),
    Parameter("lr", float_=FloatRange(1e-5, 1e-1, log=True)),
    Parameter("depth", int_=IntRange(2, 8)),
    Parameter("arm", categorical=Choices(("cnn", "context"))),
)


def trial(number: int, value: float | Sequence[float], **params: Any) -> Trial:
    values = (value,) if isinstance(value, int | float) else tuple(value)
    return Trial(number, COMPLETE, tuple(float(entry) for entry in values), params)


def searched(
    n: int, value: Callable[[dict[str, Any], random.Random], float], *, seed: int = 1, cnn: float = 0.5
) -> list[Trial]:
    """Random search over `SPACE`; `cnn` is the share of trials in that arm."""
    draw, found = random.Random(seed), []
    for number in range(n):
        params = {
            "x": draw.random(),
            "lr": 10 ** draw.uniform(-5, -1),
            "depth": draw.randint(2, 8),
            "arm": "cnn" if draw.random() < cnn else "context",
        }
        found.append(trial(number, value(params, draw), **params))
    return found


def pairs(
    differences: Sequence[float], *, parameter: str = "arm", sides: tuple[Any, Any] = ("cnn", "context"), start: int
) -> list[Trial]:
    """Contrast pairs: the first side is better by so much. Values far below any search's: they are not elite."""
    found = []
    for pair, difference in enumerate(differences):
        for place, side in enumerate(sides):
            value = -100.0 + pair / 10 + (difference if place == 0 else 0.0)
            mark = {"parameter": parameter, "pair": pair, "of": 0, "value": side}
            number = start + 2 * pair + place
            found.append(Trial(number, COMPLETE, (value,), {}, attributes={protocol.CONTRAST: mark}))
    return found


def evidence(
    trials: Sequence[Trial] | None = (),
    *,
    ended: bool = True,
    goals: tuple[StudyObjectiveSpec, ...] = SCORE,
    baseline: Baseline | None = None,
    workers: int = 1,
    space: tuple[Parameter, ...] = SPACE,
    **counts: int,
) -> Evidence:
    """`trials` None: the study cannot be read. Counts by keyword replace those of the trials."""
    if trials is None:
        return Evidence(goals, space, None, None, baseline, workers, ended)
    history = History(tuple(trials))
    by_objective = tuple(_best(history, place, goal) for place, goal in enumerate(goals))
    first = by_objective[0]
    best = BestTrial(first.number, (first.value,)) if first else None
    study = Study(
        id=1,
        name="study",
        counts=Counts(**counts) if counts else Counts(complete=len(history.valued)),
        best=Best(best, by_objective if first else ()),
    )
    return Evidence(goals, space, study, history, baseline, workers, ended)


def judged(criterion: Any, trials: Sequence[Trial] | None = (), **more: Any) -> CriterionVerdict:
    """The verdict of the criterion that a field of `Criterion` is given as."""
    name = "".join(f"_{letter.lower()}" if letter.isupper() else letter for letter in type(criterion).__name__)
    return verdict(Criterion(**{name.lstrip("_"): criterion}), evidence(trials, **more))


def _best(history: History, place: int, goal: StudyObjectiveSpec) -> BestObjectiveValue | None:
    sign = 1 if goal.is_maximized else -1
    found = max(history.valued, key=lambda entry: (sign * entry.values[place], -entry.number), default=None)
    return BestObjectiveValue(found.number, found.values[place]) if found else None
