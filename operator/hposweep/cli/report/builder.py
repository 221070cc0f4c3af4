"""Build the report of a study as data, in the order in which it is read. Called by `command`. Pure.

It reads no clock and no storage, so that a page that is served while a study runs can be built in the same way.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace

from hposweep.analysis.analyze import Analysis, AnalysisOptions
from hposweep.analysis.points import new_bests, parameter_points
from hposweep.analysis.view import StudyView, view_of
from hposweep.cli.analyze.section import Section, SectionKind, printable
from hposweep.cli.analyze.sections import sections
from hposweep.cli.report.document import Chapter, Plot, StudyReport
from hposweep.cli.report.facts import facts
from hposweep.cli.report.origin import continuation, environment, reproduction
from hposweep.cli.report.outcome import SweepOutcome, history_section, verdict_fact, verdict_sections
from hposweep.cli.report.parameter_plots import parameter_plot
from hposweep.cli.report.plots import course_plot, importance_plot
from hposweep.model.stored_study import StoredStudy

ORDER = (
    SectionKind.SUMMARY,
    SectionKind.BEST,
    SectionKind.FRONT,
    SectionKind.IMPORTANCES,
    SectionKind.DIRECTIONS,
    SectionKind.CHOICES,
    SectionKind.INTERACTIONS,
    SectionKind.ELITE,
    SectionKind.COURSE,
    SectionKind.WASTE,
)
MAX_PLOTTED_PARAMETERS = 6  # of each objective, the most important ones
MAX_PLOTTED_OBJECTIVES = 4


@dataclass(frozen=True, slots=True)
class _Plotter:
    """Make the plots of each section. `place` is the position of the objective, and part of each name."""

    analysis: Analysis
    view: StudyView

    def plots(self, kind: SectionKind, place: int) -> Iterator[Plot | None]:
        if place >= MAX_PLOTTED_OBJECTIVES:
            return
        match kind:
            case SectionKind.COURSE:
                part = self.analysis.convergence[place]
                yield course_plot(f"course-{place}", part, new_bests(self.view, place))
            case SectionKind.IMPORTANCES:
                yield importance_plot(f"importances-{place}", self.analysis.importances[place])
            case SectionKind.DIRECTIONS:
                for rank, name in enumerate(self._parameters(place)):
                    points = parameter_points(self.view, name, place)
                    yield parameter_plot(f"parameter-{place}-{rank}", points)

    def _parameters(self, place: int) -> list[str]:
        """Return the most important parameters, then others: a study may be too small for importances."""
        names = [item.parameter for item in self.analysis.importances[place].parameters]
        names += [item.parameter for item in self.analysis.effects[place].parameters]
        return list(dict.fromkeys(names))[:MAX_PLOTTED_PARAMETERS]


def build_report(
    study: StoredStudy,
    analysis: Analysis,
    options: AnalysisOptions,
    versions: Mapping[str, str],
    outcome: SweepOutcome | None = None,
) -> StudyReport:
    """Return the report. `outcome` is that of the sweep, when one has just ended: a study alone has no verdict."""
    plotter = _Plotter(analysis, view_of(study))
    by_kind: dict[SectionKind | None, list[Section]] = {}
    for section in sections(analysis):
        if section.kind is SectionKind.SUMMARY:
            section = replace(section, title="Summary")  # the page has the study as its title
        by_kind.setdefault(section.kind, []).append(section)
    chapters = [
        _chapter(kind, place, section, plotter) for kind in ORDER for place, section in enumerate(by_kind.get(kind, ()))
    ]
    words: tuple[str, ...] = ()
    if outcome is not None:
        words = (verdict_fact(outcome.status),)
        chapters[1:1] = [
            Chapter(str(part.kind), part) for part in verdict_sections(outcome.status)
        ]  # after the summary
        record = outcome.status.history
        if record is not None and record.entries:
            chapters.append(Chapter(str(SectionKind.HISTORY), history_section(record)))
    is_run = outcome is not None and bool(outcome.command)
    last, commands = continuation(outcome) if outcome is not None and is_run else reproduction(study, options)
    chapters.append(Chapter(str(SectionKind.ENVIRONMENT), environment(study, versions)))
    chapters.append(Chapter("reproduce", last, commands=commands))
    return StudyReport(printable(study.name), (*words, *facts(analysis)), tuple(chapters))


def _chapter(kind: SectionKind, place: int, section: Section, plotter: _Plotter) -> Chapter:
    plots = tuple(plot for plot in plotter.plots(kind, place) if plot is not None)
    return Chapter(f"{kind}-{place}" if place else str(kind), section, plots)
