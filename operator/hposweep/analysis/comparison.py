"""Two or more studies beside each other, at equal budget. Called by `cli.compare`.

The best of a larger budget is better by chance alone, so that as many first trials of each are compared; and later
trials of a search depend on each other, so that only those before the sampler learned are tested (`judge.comparison`).
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from hposweep.analysis.convergence import expected_best
from hposweep.analysis.elite import SHARE
from hposweep.analysis.view import StudyView, view_of
from hposweep.api.space import Parameter
from hposweep.judge.comparison import MIN_COMPARED, scores, unsteered
from hposweep.judge.criteria.categorical import key, label
from hposweep.judge.sample import MIN_ELITE
from hposweep.judge.statistics import Floats, quantile, superiority
from hposweep.model.stored_study import StoredStudy
from hposweep.text import number

BOOTSTRAPS, _SEED = 500, 0


@dataclass(frozen=True, slots=True)
class ComparedStudy:
    """One study. All but `trials`, `best` and `mean` are of the first trials that fit into the equal budget.

    `expected_best` is that of as many random draws from them, with a 90 % bootstrap interval. `elite_share` is of the
    best tenth of all studies together. `superiority` is how often a trial beats one of the first study.
    """

    name: str
    place: str
    trials: int
    best: float | None
    mean: float | None
    budget: int
    best_at_budget: float | None
    expected_best: float | None
    expected_low: float | None
    expected_high: float | None
    elite_share: float | None
    compared_trials: int
    superiority: float | None
    superiority_low: float | None
    superiority_high: float | None


@dataclass(frozen=True, slots=True)
class StudyComparison:
    """All studies, and how the space of each differs from that of the first."""

    objective: str
    direction: str
    studies: tuple[ComparedStudy, ...]
    differences: tuple[str, ...]
    notes: tuple[str, ...]


class DifferentObjectivesError(ValueError):
    """The studies have other directions, so that their values have another meaning."""


def compare_studies(studies: Sequence[StoredStudy]) -> StudyComparison:
    """Compare all studies with the first. Raises DifferentObjectivesError."""
    for study in studies:
        if study.directions != studies[0].directions:
            allowed, other = (", ".join(item.directions).lower() for item in (studies[0], study))
            raise DifferentObjectivesError(
                f"study `{study.name}` has other objectives than `{studies[0].name}` (got {other}; allowed {allowed})."
            )
    views = [view_of(study) for study in studies]
    goal = views[0].goals[0]
    values = [scores(view.trials, goal.is_maximized) for view in views]
    budget = min(map(len, values))
    shares = _elite_shares([part[:budget] for part in values])
    first = scores(unsteered(views[0].history), goal.is_maximized)
    rows = tuple(
        _row(view, part, budget, share, None if view is views[0] else first)
        for view, part, share in zip(views, values, shares, strict=True)
    )
    differences = tuple(line for view in views[1:] for line in _differences(views[0], view))
    return StudyComparison(goal.name, goal.direction, rows, differences, tuple(_notes(views, budget)))


def _row(view: StudyView, values: Floats, budget: int, share: float | None, first: Floats | None) -> ComparedStudy:
    sign = 1.0 if view.goals[0].is_maximized else -1.0
    own = scores(unsteered(view.history), view.goals[0].is_maximized)
    n = min(len(own), len(first)) if first is not None else 0
    beats = superiority(own[:n], first[:n]) if first is not None and n >= MIN_COMPARED else (None, None, None)
    expected = sorted((sign * item for item in _expected(values[:budget])), key=float)
    return ComparedStudy(
        name=view.study.name,
        place=view.study.place,
        trials=len(values),
        best=sign * float(values.max()) if len(values) else None,
        mean=sign * float(values.mean()) if len(values) else None,
        budget=budget,
        best_at_budget=sign * float(values[:budget].max()) if budget else None,
        expected_best=sign * expected_best(values[:budget], budget) if budget else None,
        expected_low=expected[0] if expected else None,
        expected_high=expected[-1] if expected else None,
        elite_share=share,
        compared_trials=n,
        superiority=beats[0],
        superiority_low=beats[1],
        superiority_high=beats[2],
    )


def _expected(values: Floats) -> tuple[float, ...]:
    """Return the 5 and 95 % quantile of the expected best over bootstrap samples; nothing for few values."""
    n = len(values)
    if n < MIN_COMPARED:
        return ()
    generator = np.random.default_rng(_SEED)
    bests = [expected_best(generator.choice(values, n), n) for _ in range(BOOTSTRAPS)]
    return quantile(bests, 0.05), quantile(bests, 0.95)


def _elite_shares(values: Sequence[Floats]) -> list[float | None]:
    """Return the share of each study in the best tenth of all; a tie counts for all that have it."""
    pool = np.concatenate(values)
    if not len(pool):
        return [None] * len(values)
    size = min(len(pool), max(MIN_ELITE, round(SHARE * len(pool))))
    limit = np.sort(pool)[-size]
    counts = [int((part >= limit).sum()) for part in values]
    return [part / sum(counts) for part in counts]


def _differences(first: StudyView, other: StudyView) -> Iterator[str]:
    mine, yours = ({item.name: item for item in view.space} for view in (first, other))
    name = other.study.name
    for parameter in sorted(mine.keys() | yours.keys()):
        if parameter not in yours:
            yield f"`{parameter}` is not in `{name}`."
        elif parameter not in mine:
            yield f"`{parameter}` is new in `{name}`: {_domain(yours[parameter])}."
        elif not _is_same(mine[parameter], yours[parameter]):
            yield f"`{parameter}` in `{name}`: {_domain(yours[parameter])}, was {_domain(mine[parameter])}."


def _is_same(first: Parameter, second: Parameter) -> bool:
    if first.categorical is None or second.categorical is None:
        return (first.float_, first.int_, first.categorical) == (second.float_, second.int_, second.categorical)
    return set(map(key, first.categorical.choices)) == set(map(key, second.categorical.choices))


def _domain(parameter: Parameter) -> str:
    domain = parameter.float_ or parameter.int_
    if domain is None:
        choices = parameter.categorical.choices if parameter.categorical is not None else ()
        return ", ".join(map(label, choices))
    return f"{number(domain.low)} to {number(domain.high)}{' log' if domain.log else ''}"


def _notes(views: Sequence[StudyView], budget: int) -> Iterator[str]:
    if not budget:
        empty = ", ".join(f"`{view.study.name}`" for view in views if not view.trials)
        yield f"Nothing can be compared: {empty} has no comparable trial."
    if len(views[0].goals) > 1:
        yield f"Only the first of {len(views[0].goals)} objectives is compared."
    for view in views:
        yield from view.study.notes
