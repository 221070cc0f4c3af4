"""Read the best trials of a study with their parameters, for a warm start. Called by `study`."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import numpy as np

from hposweep.database import statements as sql
from hposweep.model.front import layers
from hposweep.model.study_start import Candidate
from hpotrial.protocol import trial_rows

Rows = Callable[[str, Mapping[str, Any]], Sequence[tuple[Any, ...]]]


def read_candidates(rows: Rows, study_id: int, maximize: Sequence[bool], limit: int) -> list[Candidate]:
    """Return at most `limit` trials: the best first, or the Pareto front in the order of its first objective.

    All are complete and feasible, with finite values.
    """
    ids = (_best_ids if len(maximize) == 1 else _front_ids)(rows, study_id, maximize, limit)
    parameters: dict[int, Any] = dict(rows(sql.PARAMETERS_OF_TRIALS, {"trial_ids": [trial_id for trial_id, _ in ids]}))
    return [Candidate(number, trial_rows.read_parameters(parameters.get(trial_id))) for trial_id, number in ids]


def _best_ids(rows: Rows, study_id: int, maximize: Sequence[bool], limit: int) -> list[tuple[int, int]]:
    statement = sql.BEST_MAXIMIZED if maximize[0] else sql.BEST_MINIMIZED
    return [(trial_id, number) for trial_id, number, *_ in rows(statement, {"study_id": study_id, "limit": limit})]


def _front_ids(rows: Rows, study_id: int, maximize: Sequence[bool], limit: int) -> list[tuple[int, int]]:
    trials = [
        (trial_id, number, values)
        for trial_id, number, _, values in rows(sql.ALL_VALUES, {"study_id": study_id})
        if None not in values and len(values) == len(maximize)
    ]
    if not trials:
        return []
    points = np.asarray([values for _, _, values in trials], dtype=float)
    front = [trial for trial, layer in zip(trials, layers(points, maximize, 1), strict=True) if layer == 0]
    front.sort(key=lambda trial: (trial[2][0], trial[1]), reverse=maximize[0])
    if len(front) > limit:
        front = [front[round(place * (len(front) - 1) / (limit - 1))] for place in range(limit)]
    return [(trial_id, number) for trial_id, number, _ in front]
