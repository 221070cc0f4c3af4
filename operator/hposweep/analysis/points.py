"""The points of plots: each new best, and the trials of a parameter. Called by `cli.report`."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from hposweep.analysis.elite import best_tenth
from hposweep.analysis.view import StudyView
from hposweep.api.space import Parameter
from hposweep.judge.criteria.categorical import key, label
from hposweep.judge.sample import is_number
from hposweep.model.history import Trial

MAX_POINTS = 1000  # of a plot; beyond, trials are drawn
MAX_DRAWN_CHOICES = 12
_SEED = 0


@dataclass(frozen=True, slots=True)
class NewBest:
    """The best value from this comparable trial on; `trials` counts from 1."""

    trials: int
    value: float


@dataclass(frozen=True, slots=True)
class TrialPoint:
    """One trial: the value of the parameter, or the position of its choice, and that of the objective."""

    number: int
    position: float
    value: float
    is_elite: bool


@dataclass(frozen=True, slots=True)
class ParameterPoints:
    """The trials of one parameter, drawn from `comparable` ones.

    `choices` is empty for numbers; trials of `hidden_choices`, which are less frequent, are left out.
    """

    parameter: str
    objective: str
    choices: tuple[str, ...]
    is_log: bool
    points: tuple[TrialPoint, ...]
    comparable: int
    hidden_choices: int = 0


def new_bests(view: StudyView, objective: int) -> tuple[NewBest, ...]:
    """Return each trial that was better than all before, and the last trial."""
    if not view.trials:
        return ()
    sign = 1.0 if view.goals[objective].is_maximized else -1.0
    best = np.maximum.accumulate(sign * np.array([trial.values[objective] for trial in view.trials], dtype=float))
    places = [int(place) for place in np.flatnonzero(np.diff(best, prepend=-np.inf) > 0)]
    return tuple(NewBest(place + 1, float(sign * best[place])) for place in (*places, len(best) - 1))


def parameter_points(view: StudyView, name: str, objective: int) -> ParameterPoints:
    """Return the comparable trials that have the parameter, of choices those of the most frequent ones."""
    parameter = next(item for item in view.space if item.name == name)
    trials = [trial for trial in view.trials if name in trial.params]
    choices = _choices(parameter, trials)
    positions = {item: float(place) for place, item in enumerate(choices)}
    elite = {trial.number for trial in best_tenth(view)}
    points = [
        TrialPoint(trial.number, position, trial.values[objective], trial.number in elite)
        for trial in trials
        if (position := _position(trial.params[name], parameter, positions)) is not None
    ]
    domain = parameter.float_ or parameter.int_
    return ParameterPoints(
        parameter=name,
        objective=view.goals[objective].name,
        choices=tuple(choices.values()),
        is_log=domain is not None and domain.log,
        points=_drawn(points),
        comparable=len(trials),
        hidden_choices=len({key(trial.params[name]) for trial in trials}) - len(choices) if choices else 0,
    )


def _choices(parameter: Parameter, trials: Sequence[Trial]) -> dict[object, str]:
    """Return the labels of the most frequent choices, by key; nothing for numbers."""
    if parameter.categorical is None:
        return {}
    counts: dict[object, int] = {}
    labels: dict[object, str] = {}
    for trial in trials:
        item = trial.params[parameter.name]
        counts[key(item)] = counts.get(key(item), 0) + 1
        labels.setdefault(key(item), label(item))
    frequent = sorted(counts, key=lambda item: (-counts[item], labels[item]))[:MAX_DRAWN_CHOICES]
    return {item: labels[item] for item in frequent}


def _position(value: object, parameter: Parameter, positions: dict[object, float]) -> float | None:
    if parameter.categorical is not None:
        return positions.get(key(value))
    return float(value) if is_number(value) else None  # type: ignore[arg-type]  # `is_number` says so


def _drawn(points: Sequence[TrialPoint]) -> tuple[TrialPoint, ...]:
    if len(points) <= MAX_POINTS:
        return tuple(points)
    places = np.random.default_rng(_SEED).choice(len(points), MAX_POINTS, replace=False)
    return tuple(points[place] for place in sorted(places))
