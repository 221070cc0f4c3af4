"""The study at a glance: trials by state, its time span, and the best trials. Called by `analyze`."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import numpy as np

from hposweep.analysis.view import StudyView
from hposweep.judge.sample import elite_size
from hposweep.judge.study_from_trials import counts_of
from hposweep.model.front import layers
from hposweep.model.history import COMPLETE, Trial
from hposweep.model.trials import Counts
from hposweep.text import count

DEFAULT_TOP = 5


@dataclass(frozen=True, slots=True)
class RankedTrial:
    """One of the best trials. `front` is its Pareto front, from 0; 0 with one objective."""

    number: int
    values: tuple[float, ...]
    front: int
    params: Mapping[str, Any]
    attributes: Mapping[str, Any]
    seconds: float | None


@dataclass(frozen=True, slots=True)
class Summary:
    """The study at a glance. `comparable` trials are complete, finite and feasible."""

    counts: Counts
    comparable: int
    not_finite: int
    infeasible: int
    last_completed: datetime | None
    top: tuple[RankedTrial, ...]
    notes: tuple[str, ...]


def summarize(view: StudyView, top: int = DEFAULT_TOP) -> Summary:
    counts = counts_of(view.history.trials)
    complete = [trial for trial in view.history.trials if trial.state == COMPLETE]
    infeasible = sum(not trial.is_feasible for trial in complete)
    not_finite = sum(not trial.is_valued and trial.is_feasible for trial in complete)
    ends = [trial.completed for trial in view.history.trials if trial.completed is not None]
    return Summary(
        counts=counts,
        comparable=len(view.trials),
        not_finite=not_finite,
        infeasible=infeasible,
        last_completed=max(ends, default=None),
        top=top_trials(view, top),
        notes=(*view.study.notes, *_notes(view, counts, not_finite, infeasible)),
    )


def top_trials(view: StudyView, top: int) -> tuple[RankedTrial, ...]:
    """Return the best trials; of several objectives the Pareto front first, each front by its first objective."""
    trials = view.trials
    if not trials or top < 1:
        return ()
    values = np.array([trial.values for trial in trials], dtype=float)
    directions = [goal.is_maximized for goal in view.goals]
    fronts = (
        layers(values, directions, max(top, elite_size(len(trials))))
        if len(directions) > 1
        else np.zeros(len(trials), dtype=np.int64)
    )
    first = -values[:, 0] if directions[0] else values[:, 0]
    order = np.lexsort((np.arange(len(trials)), first, fronts))[:top]
    return tuple(_ranked_trial(trials[place], int(fronts[place])) for place in order)


def _ranked_trial(trial: Trial, front: int) -> RankedTrial:
    return RankedTrial(trial.number, trial.values, front, trial.params, trial.attributes, trial.seconds)


def _notes(view: StudyView, counts: Counts, not_finite: int, infeasible: int) -> Iterator[str]:
    if not counts.total:
        yield "The study has no trial, so nothing can be known yet."
    elif not view.trials:
        yield (
            f"None of {count(counts.total, 'trial')} is complete with a finite, feasible value "
            f"({counts.pruned} pruned, {counts.failed} failed, {counts.running} running), so there is no best trial."
        )
    if not_finite:
        yield f"{count(not_finite, 'complete trial')} left out: infinite or NaN values cannot be compared."
    if infeasible:
        yield f"{count(infeasible, 'complete trial')} left out: a constraint is broken."
    for name in view.changed:
        yield f"The range of `{name}` changed in mid-study. It is compared with all its ranges together."
