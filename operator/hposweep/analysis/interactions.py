"""Pairs of parameters that act together, so that the best value of one depends on the other. Called by `analyze`.

A regression explains the objective by each parameter alone. What two parameters explain beyond that is their
interaction. Chance is measured by flipping the signs of residuals, which keeps the spread of each trial. The regression
holds for the configurations that a sampler chose, so that no trials of the same age are needed.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import combinations

import numpy as np
from numpy.typing import NDArray

from hposweep.analysis.interaction_terms import MAX_DEGREE, ParameterTerms, column_count, terms_of
from hposweep.analysis.view import StudyView
from hposweep.api.space import Parameter
from hposweep.judge.criteria.verdicts import APPROXIMATE
from hposweep.judge.statistics import Floats
from hposweep.model.history import Trial

MIN_TRIALS, MIN_TRIALS_OF_PAIR = 50, 25
TRIALS_PER_COLUMN = 4  # of the regression
MAX_TRIALS, MAX_PARAMETERS = 2000, 15
FLIPS = 199
MAX_CHANCE = APPROXIMATE  # of any false alarm
MIN_SHARE = 0.01  # of the variance; less does not matter
MAX_INTERACTIONS = 10
_SEED = 0
_RANK, _EXACT = 1e-8, 1e-10


@dataclass(frozen=True, slots=True)
class Interaction:
    """Two parameters. `share` is of the variance of the objective; `p` is corrected for the number of pairs.

    `better_together`: the half of the range, or the choice, of each, where the two gain most beyond their sum.
    """

    parameters: tuple[str, str]
    share: float
    p: float
    better_together: tuple[str, str]
    trials: int  # that have both


@dataclass(frozen=True, slots=True)
class Interactions:
    """The pairs of one objective that chance does not explain, the largest first.

    `pairs` were compared in `trials`, of `comparable` ones.
    """

    objective: str
    trials: int
    comparable: int
    pairs: int
    interactions: tuple[Interaction, ...]
    notes: tuple[str, ...]


@dataclass(frozen=True, slots=True, eq=False)
class _Pair:
    """`basis`: orthonormal columns of what the two parameters do together and none does alone."""

    first: ParameterTerms
    second: ParameterTerms
    basis: Floats

    @property
    def is_there(self) -> NDArray[np.bool_]:
        return (self.first.groups >= 0) & (self.second.groups >= 0)


def interactions(view: StudyView, objective: int) -> Interactions:
    goal, trials = view.goals[objective], _drawn(view.trials)
    values = _scaled(np.array([trial.values[objective] for trial in trials], dtype=float))
    degree = _degree(view.space, len(trials))
    terms = _strongest(tuple(_terms(view.space, trials, degree)), values)
    reason = _reason(len(trials), terms, values, degree)
    if reason:
        return Interactions(goal.name, len(trials), len(view.trials), 0, (), (reason,))
    alone = _orthonormal(np.column_stack([np.ones(len(trials)), *(item.alone for item in terms)]))
    pairs = tuple(_pairs(terms, alone))
    rows = _measure(pairs, alone, values if goal.is_maximized else -values)
    notes = tuple(_notes(view, len(trials), len(rows)))
    return Interactions(goal.name, len(trials), len(view.trials), len(pairs), rows[:MAX_INTERACTIONS], notes)


def _drawn(trials: Sequence[Trial]) -> tuple[Trial, ...]:
    if len(trials) <= MAX_TRIALS:
        return tuple(trials)
    places = np.random.default_rng(_SEED).choice(len(trials), MAX_TRIALS, replace=False)
    return tuple(trials[place] for place in sorted(places))


def _scaled(values: Floats) -> Floats:
    """Return the values between -1 and 1, because squares of huge numbers overflow."""
    largest = float(np.abs(values).max(initial=0.0))
    return values / largest if largest > 0 else values


def _degree(space: Sequence[Parameter], trials: int) -> int:
    """Return the highest degree with enough trials for each column; 0 when there are too few."""
    for degree in range(MAX_DEGREE, 0, -1):
        counts = sorted(column_count(parameter, degree) for parameter in space)
        if TRIALS_PER_COLUMN * sum(counts[-MAX_PARAMETERS:]) <= trials:
            return degree
    return 0


def _terms(space: Sequence[Parameter], trials: Sequence[Trial], degree: int) -> Iterator[ParameterTerms]:
    for parameter in space:
        item = terms_of(parameter, trials, degree) if degree else None
        if item is not None:
            yield item


def _strongest(terms: tuple[ParameterTerms, ...], values: Floats) -> tuple[ParameterTerms, ...]:
    """Return the parameters that explain most alone, in their order, because all pairs would take long."""
    if len(terms) <= MAX_PARAMETERS:
        return terms
    centered = values - values.mean()
    shares = [float(((_orthonormal(item.alone - item.alone.mean(axis=0)).T @ centered) ** 2).sum()) for item in terms]
    places = sorted(range(len(terms)), key=lambda place: -shares[place])[:MAX_PARAMETERS]
    return tuple(terms[place] for place in sorted(places))


def _reason(trials: int, terms: Sequence[ParameterTerms], values: Floats, degree: int) -> str:
    """Return why nothing can be known; "" when something can."""
    if trials < MIN_TRIALS:
        return f"Unknown: {trials} comparable trials; at least {MIN_TRIALS} are needed."
    if degree == 0:
        return f"Unknown: {trials} comparable trials are too few for so many parameters and choices."
    if len(terms) < 2:
        return "Unknown: fewer than two parameters have different values."
    if values.min() == values.max():
        return "Unknown: all values of the objective are equal."
    return ""


def _pairs(terms: Sequence[ParameterTerms], alone: Floats) -> Iterator[_Pair]:
    for first, second in combinations(terms, 2):
        products = first.paired[:, :, None] * second.paired[:, None, :]
        flat = products.reshape(len(products), -1)
        pair = _Pair(first, second, _orthonormal(flat - alone @ (alone.T @ flat), flat))
        if pair.basis.shape[1] and pair.is_there.sum() >= MIN_TRIALS_OF_PAIR:
            yield pair


def _orthonormal(columns: Floats, before: Floats | None = None) -> Floats:
    """Return a basis of the columns. `before`: the same ahead of a projection, which leaves rounding of nothing."""
    size = np.linalg.norm(columns if before is None else before, axis=0)
    columns = columns[:, size > 0] / size[size > 0]
    spread, directions = np.linalg.eigh(columns.T @ columns)  # a decomposition of the columns themselves is slow
    is_distinct = spread > _RANK
    basis: Floats = columns @ (directions[:, is_distinct] / np.sqrt(spread[is_distinct]))
    return basis


def _measure(pairs: Sequence[_Pair], alone: Floats, values: Floats) -> tuple[Interaction, ...]:
    centered = values - values.mean()
    residuals = values - alone @ (alone.T @ values)
    total = float(centered @ centered)
    if not pairs or residuals @ residuals <= _EXACT * total:
        return ()
    leverage = np.minimum((alone**2).sum(axis=1), 0.99)
    signs = np.random.default_rng(_SEED).choice((-1.0, 1.0), (len(values), FLIPS))
    mirrors = signs * (residuals / np.sqrt(1 - leverage))[:, None]
    mirrors -= alone @ (alone.T @ mirrors)
    sizes = np.array([((pair.basis.T @ residuals) ** 2).sum() for pair in pairs])
    by_chance = np.array([((pair.basis.T @ mirrors) ** 2).sum(axis=0) for pair in pairs])
    chances = _chances(sizes, by_chance.T)
    rows = [
        Interaction(
            (pair.first.name, pair.second.name),
            share,
            chance,
            _better_together(pair, residuals),
            int(pair.is_there.sum()),
        )
        for pair, size, noise, chance in zip(pairs, sizes, by_chance.mean(axis=1), chances, strict=True)
        if chance <= MAX_CHANCE and (share := float((size - noise) / total)) >= MIN_SHARE
    ]
    return tuple(sorted(rows, key=lambda row: (-row.share, row.parameters)))


def _chances(sizes: Floats, by_chance: Floats) -> list[float]:
    """Return how often chance gives any pair as much, in units of its own spread (Westfall and Young)."""
    draws = np.vstack([by_chance, sizes])
    mean, spread = draws.mean(axis=0), draws.std(axis=0)
    spread = np.where(spread > 0, spread, np.inf)
    largest = ((by_chance - mean) / spread).max(axis=1)
    return [float((1 + (largest >= z - 1e-12).sum()) / (1 + len(largest))) for z in (sizes - mean) / spread]


def _better_together(pair: _Pair, residuals: Floats) -> tuple[str, str]:
    """Return the groups where the trials gain most by the interaction, on average."""
    gain = pair.basis @ (pair.basis.T @ residuals)
    cells = [
        (float(gain[members].mean()), place, other)
        for place in range(len(pair.first.words))
        for other in range(len(pair.second.words))
        if (members := (pair.first.groups == place) & (pair.second.groups == other)).any()
    ]
    _, place, other = max(cells, key=lambda cell: (cell[0], -cell[1], -cell[2]))
    return pair.first.words[place], pair.second.words[other]


def _notes(view: StudyView, trials: int, distinct: int) -> Iterator[str]:
    if trials < len(view.trials):
        yield f"{trials} of {len(view.trials)} comparable trials were drawn at random (seed {_SEED})."
    if len(view.space) > MAX_PARAMETERS:
        yield f"Of {len(view.space)} parameters, the {MAX_PARAMETERS} that explain most alone were compared."
    if distinct > MAX_INTERACTIONS:
        yield f"The largest {MAX_INTERACTIONS} of {distinct} pairs are shown."
    if not distinct:
        yield "No pair can be told from chance."
