"""The Pareto fronts of a study. Called by `database.best` and `judge.sample`.

Pure arithmetic on arrays, because ten thousand trials of eight objectives must take at most a second.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray


def front_size(points: Sequence[Sequence[float]], is_maximized: Sequence[bool]) -> int:
    """Return the size of the front; trials of equal values are all on it, as in Optuna's `best_trials`."""
    if not points:
        return 0
    losses = np.asarray(points, dtype=float) * np.where(is_maximized, -1.0, 1.0)
    distinct, counts = np.unique(losses, axis=0, return_counts=True)
    return int(counts[_is_on_front(distinct)].sum())


def _is_on_front(losses: NDArray[np.float64]) -> NDArray[np.bool_]:
    """Return which rows are on the front. They are distinct and sorted, so only an earlier row can dominate one."""
    on_front = np.zeros(len(losses), dtype=bool)
    candidates = np.arange(len(losses))
    while len(candidates):
        on_front[candidates[0]] = True
        candidates = candidates[(losses[candidates, 1:] < losses[candidates[0], 1:]).any(axis=1)]
    return on_front


def layers(points: NDArray[np.float64], is_maximized: Sequence[bool], min_points: int) -> NDArray[np.int64]:
    """Return the number of the front of each point: 0 is the Pareto front, 1 the front of the others, and so on.

    Once `min_points` points are on a front, all others share the next number, because no caller needs theirs.
    """
    losses = points * np.where(is_maximized, -1.0, 1.0)
    distinct, places, counts = np.unique(losses, axis=0, return_inverse=True, return_counts=True)
    layer = np.full(len(distinct), -1, dtype=np.int64)
    candidates, number, points_on_fronts = np.arange(len(distinct)), 0, 0
    while len(candidates) and points_on_fronts < min_points:
        on_front = _is_on_front(distinct[candidates])
        layer[candidates[on_front]] = number
        points_on_fronts += int(counts[candidates[on_front]].sum())
        candidates, number = candidates[~on_front], number + 1
    layer[candidates] = number
    return layer[places.reshape(-1)]
