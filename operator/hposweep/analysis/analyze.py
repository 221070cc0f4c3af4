"""Ask all questions about one study. Called by `cli.analyze`."""

from __future__ import annotations

from dataclasses import dataclass

from hposweep.analysis.summary import DEFAULT_TOP, Summary, summarize
from hposweep.analysis.view import StudyView, view_of
from hposweep.model.stored_study import StoredStudy


@dataclass(frozen=True, slots=True)
class Objective:
    """One objective, in the user's words."""

    name: str
    direction: str


@dataclass(frozen=True, slots=True)
class Analysis:
    """All that is known about a study. Each part says in its `notes` what cannot be known."""

    study: str
    place: str
    objectives: tuple[Objective, ...]
    summary: Summary


@dataclass(frozen=True, slots=True)
class AnalysisOptions:
    """The choices of the user."""

    top: int = DEFAULT_TOP


def analyze(stored: StoredStudy, options: AnalysisOptions = AnalysisOptions()) -> Analysis:
    """Return the whole analysis. Equal inputs give equal results: all random numbers have fixed seeds."""
    view = view_of(stored)
    return Analysis(stored.name, stored.place, _objectives(view), summarize(view, options.top))


def _objectives(view: StudyView) -> tuple[Objective, ...]:
    return tuple(Objective(goal.name, goal.direction) for goal in view.goals)
