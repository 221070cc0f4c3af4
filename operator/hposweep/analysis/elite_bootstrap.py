"""The elite of many bootstrap samples of the trials that have a parameter. Called by `next_range`.

The elite of one study is a matter of luck, so that a range is narrowed to what the elites of resampled studies span.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from hposweep.analysis.elite import SHARE
from hposweep.judge.sample import MIN_ELITE
from hposweep.judge.statistics import Floats
from hposweep.model.front import layers
from hposweep.model.history import Trial

SAMPLES, _SEED = 200, 0
_RANKED_MULTIPLE = 4  # of several objectives only so many times the elite is ranked, because fronts are slow


@dataclass(frozen=True, slots=True, eq=False)
class EliteBootstrap:
    """`samples[i]` has the places of the elite of sample i, among the trials given; `order` has all, best first."""

    order: NDArray[np.int64]
    samples: NDArray[np.int64]

    def spans(self, positions: Floats) -> tuple[Floats, Floats]:
        """Return the smallest and the largest position in the elite of each sample."""
        values = positions[self.samples]
        return values.min(axis=1), values.max(axis=1)


def elite_bootstrap(trials: Sequence[Trial], directions: Sequence[bool]) -> EliteBootstrap:
    n = len(trials)
    size = min(n, max(MIN_ELITE, math.ceil(SHARE * n - 1e-9)))
    order = _order(trials, directions, size)
    rank = np.empty(n, dtype=np.int64)
    rank[order] = np.arange(n)
    generator = np.random.default_rng(_SEED)
    best = [np.partition(rank[generator.integers(0, n, n)], size - 1)[:size] for _ in range(SAMPLES)]
    return EliteBootstrap(order, order[np.array(best)])


def _order(trials: Sequence[Trial], directions: Sequence[bool], size: int) -> NDArray[np.int64]:
    values = np.array([trial.values for trial in trials], dtype=float)
    if len(directions) > 1:
        score = layers(values, list(directions), min(len(trials), _RANKED_MULTIPLE * size)).astype(float)
    else:
        score = -values[:, 0] if directions[0] else values[:, 0]
    return np.lexsort((np.arange(len(trials)), score)).astype(np.int64)
