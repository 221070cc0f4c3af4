"""Ask all questions about one study. Called by `cli.analyze`."""

from __future__ import annotations

from dataclasses import dataclass

from hposweep.analysis.convergence import DEFAULT_RANDOM_TRIALS, Convergence, convergence
from hposweep.analysis.effects import Effects, effects
from hposweep.analysis.elite import Elite, elite
from hposweep.analysis.front import Front, front
from hposweep.analysis.importances import Importances, importances
from hposweep.analysis.interactions import Interactions, interactions
from hposweep.analysis.summary import DEFAULT_TOP, Summary, summarize
from hposweep.analysis.view import StudyView, view_of
from hposweep.analysis.waste import Waste, waste
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
    importances: tuple[Importances, ...]  # one for each objective
    effects: tuple[Effects, ...]
    interactions: tuple[Interactions, ...]
    elite: Elite
    convergence: tuple[Convergence, ...]
    waste: Waste
    front: Front | None


@dataclass(frozen=True, slots=True)
class AnalysisOptions:
    """The choices of the user."""

    top: int = DEFAULT_TOP
    random_trials: int = DEFAULT_RANDOM_TRIALS


def analyze(study: StoredStudy, options: AnalysisOptions = AnalysisOptions()) -> Analysis:
    """Return the whole analysis. Equal inputs give equal results: all random numbers have fixed seeds."""
    view = view_of(study)
    places = range(len(view.goals))
    return Analysis(
        study=study.name,
        place=study.place,
        objectives=_objectives(view),
        summary=summarize(view, options.top),
        importances=tuple(importances(view, place) for place in places),
        effects=tuple(effects(view, place) for place in places),
        interactions=tuple(interactions(view, place) for place in places),
        elite=elite(view),
        convergence=tuple(convergence(view, place, options.random_trials) for place in places),
        waste=waste(view),
        front=front(view),
    )


def _objectives(view: StudyView) -> tuple[Objective, ...]:
    return tuple(Objective(goal.name, goal.direction) for goal in view.goals)
