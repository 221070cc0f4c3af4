"""In which direction each parameter works, and what each choice gives. Called by `analyze`, for each objective.

Size and proof are two things: a rank correlation or a median shows the size, and drifts with an adaptive sampler; the
`p` is that of `clearTrend`, which compares trials of the same age.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from hposweep.analysis.intervals import correlation_interval, median_interval
from hposweep.analysis.view import StudyView
from hposweep.api.space import Parameter, ParameterCondition
from hposweep.judge.criteria.categorical import key, label, trial_choices
from hposweep.judge.criteria.trend_facts import Trend, categorical_trend, numeric_trend
from hposweep.judge.criteria.verdicts import corrected, is_significant
from hposweep.judge.sample import MIN_VALUED_TRIALS, Sample, sample
from hposweep.judge.statistics import Floats
from hposweep.model.history import Trial

MAX_CHOICES = 20  # of a parameter in the tables
MAX_PARENT_CHOICES = 50


@dataclass(frozen=True, slots=True)
class Effect:
    """One parameter. `correlation` is in the user's direction: negative means that larger values lower the objective.

    `branch` names the choice that the parameter needs, `side` where the better trials are; it is empty without proof.
    """

    parameter: str
    branch: str | None
    trials: int
    correlation: float | None
    low: float | None  # 95 % interval of the correlation
    high: float | None
    p: float | None  # corrected for the number of parameters
    side: str


@dataclass(frozen=True, slots=True)
class ChoiceEffect:
    """One choice of a categorical parameter: how often it was tried, its median, and its best trial."""

    parameter: str
    choice: str
    trials: int
    share: float  # of the trials that have the parameter
    median: float
    low: float | None  # 95 % interval of the median
    high: float | None
    best: float
    best_trial: int


@dataclass(frozen=True, slots=True)
class Effects:
    """All parameters of one objective."""

    objective: str
    parameters: tuple[Effect, ...]
    choices: tuple[ChoiceEffect, ...]
    notes: tuple[str, ...]


def effects(view: StudyView, objective: int) -> Effects:
    rows: list[Effect] = []
    choices: list[ChoiceEffect] = []
    notes: list[str] = []
    for parameter in view.space:
        trial_sample = sample(view.evidence, view.history, parameter.name, objective)
        if trial_sample.n:
            rows.append(_effect(view, parameter, objective, trial_sample))
            if parameter.categorical is not None:
                choices += _choices(view, parameter, objective, trial_sample, notes)
    short = [row.parameter for row in rows if row.trials < MIN_VALUED_TRIALS]
    if short:
        notes.append(f"Unknown for {len(short)} of {len(rows)} parameters: fewer than {MIN_VALUED_TRIALS} trials.")
    if not rows:
        notes.append("Unknown: no comparable trial has a parameter.")
    return Effects(view.goals[objective].name, tuple(rows), tuple(choices), tuple(notes))


def branch_of(parameter: str, view: StudyView) -> str | None:
    """Return `encoder = cnn` for a parameter that exactly these trials have; None for one without such a condition."""
    condition = condition_of(parameter, view)
    if condition is None:
        return None
    return f"{condition.parameter} = {' or '.join(sorted(map(label, condition.in_)))}"


def condition_of(parameter: str, view: StudyView) -> ParameterCondition | None:
    """Return the choices of another parameter that exactly the trials with this one have; None without any."""
    trials = view.trials
    having = [trial for trial in trials if parameter in trial.params]
    if not having or len(having) == len(trials):
        return None
    for parent in view.space:
        if (
            parent.categorical is None
            or parent.name == parameter
            or len(parent.categorical.choices) > MAX_PARENT_CHOICES
        ):
            continue
        if not all(parent.name in trial.params for trial in having):
            continue
        choices = {key(trial.params[parent.name]): trial.params[parent.name] for trial in having}
        missing = (trial for trial in trials if parameter not in trial.params and parent.name in trial.params)
        if not any(key(trial.params[parent.name]) in choices for trial in missing):
            return ParameterCondition(parent.name, tuple(choices.values()))
    return None


def _effect(view: StudyView, parameter: Parameter, objective: int, trial_sample: Sample) -> Effect:
    branch = branch_of(parameter.name, view)
    if trial_sample.n < MIN_VALUED_TRIALS:
        return Effect(parameter.name, branch, trial_sample.n, None, None, None, None, "")
    trend = _trend(view, parameter, objective, trial_sample)
    correlation = trend.correlation
    if correlation is not None and not view.goals[objective].is_maximized:
        correlation = -correlation
    bounds = None if correlation is None else correlation_interval(correlation, trial_sample.n)
    p = corrected(trend.p, len(view.space))
    return Effect(
        parameter=parameter.name,
        branch=branch,
        trials=trial_sample.n,
        correlation=correlation,
        low=None if bounds is None else bounds[0],
        high=None if bounds is None else bounds[1],
        p=p,
        side=trend.side if is_significant(trend.p, len(view.space)) else "",
    )


def _trend(view: StudyView, parameter: Parameter, objective: int, trial_sample: Sample) -> Trend:
    numbers = trial_sample.numbers
    if parameter.categorical is None and numbers is not None:
        return numeric_trend(view.evidence, view.history, parameter.name, objective, trial_sample, numbers)
    return categorical_trend(view.evidence, view.history, parameter.name, objective, trial_sample)


def _choices(
    view: StudyView, parameter: Parameter, objective: int, trial_sample: Sample, notes: list[str]
) -> list[ChoiceEffect]:
    trials = [trial for trial in view.trials if parameter.name in trial.params]
    by_trial = trial_choices(view.history, parameter.name, trial_sample)
    values = np.array([trial.values[objective] for trial in trials], dtype=float)
    sign = 1.0 if view.goals[objective].is_maximized else -1.0
    rows = [
        _choice(parameter.name, label(name), (by_trial.codes == code).nonzero()[0], trials, values, sign)
        for code, name in enumerate(by_trial.values.values())
    ]
    rows.sort(key=lambda row: (-sign * row.best, row.choice))
    if len(rows) > MAX_CHOICES:
        notes.append(f"`{parameter.name}`: only the best {MAX_CHOICES} of {len(rows)} choices are listed.")
    return rows[:MAX_CHOICES]


def _choice(
    parameter: str, name: str, places: NDArray[np.int64], trials: Sequence[Trial], values: Floats, sign: float
) -> ChoiceEffect:
    part = values[places]
    best = int(places[np.argmax(sign * part)])
    bounds = median_interval(part)
    return ChoiceEffect(
        parameter=parameter,
        choice=name,
        trials=len(part),
        share=len(part) / len(trials),
        median=float(np.median(part)),
        low=None if bounds is None else bounds[0],
        high=None if bounds is None else bounds[1],
        best=float(values[best]),
        best_trial=trials[best].number,
    )
