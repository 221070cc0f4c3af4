"""The Pareto front of several objectives, and its hypervolume over time. Called by `analyze`."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from optuna._hypervolume import compute_hypervolume  # Optuna has no public one; pinned below its next major version

from hposweep.analysis.convergence import checkpoints
from hposweep.analysis.view import StudyView
from hposweep.judge.statistics import Floats
from hposweep.model.front import layers

MAX_OBJECTIVES = 4  # exact hypervolumes of more take too long
MAX_FRONT = 200  # points of which the volume is computed
REFERENCE_MARGIN = 0.1


@dataclass(frozen=True, slots=True)
class VolumePoint:
    """The hypervolume after so many comparable trials."""

    trials: int
    hypervolume: float


@dataclass(frozen=True, slots=True)
class Front:
    """Trials that no other trial beats in every objective. `reference` is the worst corner of the volume."""

    trials: tuple[int, ...]
    reference: tuple[float, ...]
    volumes: tuple[VolumePoint, ...]
    notes: tuple[str, ...]


def front(view: StudyView) -> Front | None:
    """Return None for a single objective."""
    if len(view.goals) < 2:
        return None
    trials = view.trials
    if not trials:
        return Front((), (), (), ("Unknown: no comparable trial.",))
    signs = np.array([-1.0 if goal.is_maximized else 1.0 for goal in view.goals])
    losses = signs * np.array([trial.values for trial in trials], dtype=float)
    members = _members(losses)
    worst, spread = losses.max(axis=0), np.ptp(losses, axis=0)
    reference = worst + REFERENCE_MARGIN * np.where(spread > 0, spread, 1.0)
    numbers = tuple(trials[place].number for place in members)
    corner = tuple(float(value) for value in signs * reference)
    if len(view.goals) > MAX_OBJECTIVES:
        note = f"The hypervolume of more than {MAX_OBJECTIVES} objectives is not computed (got {len(view.goals)})."
        return Front(numbers, corner, (), (note,))
    if len(members) > MAX_FRONT:
        note = f"The hypervolume of a front with more than {MAX_FRONT} trials is not computed (got {len(members)})."
        return Front(numbers, corner, (), (note,))
    volumes = tuple(VolumePoint(n, _volume(losses[:n], reference)) for n in checkpoints(len(trials)))
    return Front(numbers, corner, volumes, ())


def _members(losses: Floats) -> list[int]:
    return [int(place) for place in np.flatnonzero(layers(losses, [False] * losses.shape[1], 1) == 0)]


def _volume(losses: Floats, reference: Floats) -> float:
    return float(compute_hypervolume(losses[_members(losses)], reference))
