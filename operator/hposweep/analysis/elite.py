"""Where the best trials are: their ranges against the ranges searched, their choices, and the bounds they touch.

Called by `analyze`. The bounds are judged by the rule of `boundariesResolved`, over the elite of the criteria.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from hposweep.analysis.effects import MAX_CHOICES
from hposweep.analysis.view import StudyView
from hposweep.api.criteria import BoundariesResolved
from hposweep.api.space import Parameter
from hposweep.judge.criteria.boundaries_resolved import parameter_zones
from hposweep.judge.criteria.boundary_zones import Bounds, Zones
from hposweep.judge.criteria.categorical import key, label
from hposweep.judge.sample import MIN_ELITE, MIN_VALUED_TRIALS, is_number
from hposweep.model.front import layers
from hposweep.model.history import Trial
from hpotrial.protocol import PROBED_HIGH, PROBED_LOW

SHARE = 0.1
MARGIN = BoundariesResolved(()).margin
UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class EliteRange:
    """One numeric parameter. `range_share` is the elite's share of the (logarithmic) range.

    `boundary`: inside, touching, open (neither), or unknown; `near_low` and `near_high` count elite trials there.
    """

    parameter: str
    elite: int
    searched_low: float
    searched_high: float
    low: float
    high: float
    range_share: float
    boundary: str
    near_low: int | None
    near_high: int | None
    boundary_elite: int | None  # trials of which the boundary is judged: the elite of the criteria


@dataclass(frozen=True, slots=True)
class EliteChoice:
    """One choice: its share of the elite against its share of all trials."""

    parameter: str
    choice: str
    elite: int
    share: float
    sampled: float

    @property
    def lift(self) -> float:
        return self.share / self.sampled if self.sampled else 0.0


@dataclass(frozen=True, slots=True)
class Elite:
    """The best tenth of the comparable trials, at least five."""

    trials: int
    comparable: int
    ranges: tuple[EliteRange, ...]
    choices: tuple[EliteChoice, ...]
    notes: tuple[str, ...]


def elite(view: StudyView) -> Elite:
    trials = best_tenth(view)
    ranges = [_range(view, parameter, trials) for parameter in view.space if parameter.categorical is None]
    choices = [
        row
        for parameter in view.space
        if parameter.categorical is not None
        for row in _choices(view, parameter, trials)
    ]
    notes = []
    if len(view.trials) < MIN_VALUED_TRIALS:
        notes.append(
            f"Not reliable below {MIN_VALUED_TRIALS} comparable trials (got {len(view.trials)}); bounds are unknown."
        )
    return Elite(
        len(trials), len(view.trials), tuple(row for row in ranges if row is not None), tuple(choices), tuple(notes)
    )


def best_tenth(view: StudyView) -> tuple[Trial, ...]:
    """Return the elite, best first; of several objectives the first Pareto fronts."""
    trials = view.trials
    if not trials:
        return ()
    size = min(len(trials), max(MIN_ELITE, math.ceil(SHARE * len(trials) - 1e-9)))
    values = np.array([trial.values for trial in trials], dtype=float)
    directions = [goal.is_maximized for goal in view.goals]
    if len(directions) > 1:
        score = layers(values, directions, size).astype(float)
    else:
        score = -values[:, 0] if directions[0] else values[:, 0]
    order = np.lexsort((np.arange(len(trials)), score))[:size]
    return tuple(trials[place] for place in order)


def _range(view: StudyView, parameter: Parameter, trials: Sequence[Trial]) -> EliteRange | None:
    domain = parameter.float_ or parameter.int_
    values = [trial.params[parameter.name] for trial in trials if parameter.name in trial.params]
    numbers = np.array([value for value in values if is_number(value)], dtype=float)
    if domain is None or not len(numbers):
        return None
    low, high = float(numbers.min()), float(numbers.max())
    bounds = Bounds(domain.low, domain.high, domain.log, domain.step, parameter.int_ is not None)
    range_share = float(np.ptp(bounds.positions(np.array([low, high])))) if domain.high > domain.low else 1.0
    zones = _zones(view, parameter)
    return EliteRange(
        parameter=parameter.name,
        elite=len(numbers),
        searched_low=float(domain.low),
        searched_high=float(domain.high),
        low=low,
        high=high,
        range_share=range_share,
        boundary=zones.outcome if zones is not None else UNKNOWN,
        near_low=zones.numbers[PROBED_LOW]["near"] if zones is not None else None,
        near_high=zones.numbers[PROBED_HIGH]["near"] if zones is not None else None,
        boundary_elite=zones.elite if zones is not None else None,
    )


def _zones(view: StudyView, parameter: Parameter) -> Zones | None:
    numeric = sum(item.categorical is None for item in view.space)
    zones = parameter_zones(view.evidence, view.history, parameter.name, MARGIN, numeric)
    return zones if isinstance(zones, Zones) else None


def _choices(view: StudyView, parameter: Parameter, trials: Sequence[Trial]) -> list[EliteChoice]:
    values = [trial.params[parameter.name] for trial in view.trials if parameter.name in trial.params]
    best = Counter(key(trial.params[parameter.name]) for trial in trials if parameter.name in trial.params)
    size = best.total()
    if not size:
        return []
    labels = {key(value): label(value) for value in values}
    rows = [
        EliteChoice(parameter.name, labels[name], best[name], best[name] / size, sampled / len(values))
        for name, sampled in Counter(map(key, values)).items()
    ]
    rows.sort(key=lambda row: (-row.elite, row.choice))
    return rows[:MAX_CHOICES]
