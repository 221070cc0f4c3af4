"""Word the course of the search, its waste, and the Pareto front. Called by `sections`."""

from __future__ import annotations

from collections.abc import Iterator

from hposweep.analysis.analyze import Analysis
from hposweep.analysis.convergence import MAX_CHANCE, Convergence
from hposweep.analysis.front import Front
from hposweep.analysis.waste import Waste
from hposweep.cli.analyze.section import Section, SectionKind, Table, cell, decimals, percent, printable, seconds
from hposweep.text import count

_MAX_FRONT_LISTED = 20


def course_sections(analysis: Analysis) -> Iterator[Section]:
    has_several = len(analysis.objectives) > 1
    for part in analysis.convergence:
        yield _convergence(part, f" of {printable(part.objective)}" if has_several else "")
    yield _waste(analysis.waste)
    if analysis.front is not None:
        yield _front(analysis.front)


def _convergence(part: Convergence, suffix: str) -> Section:
    rows = tuple((str(point.trials), cell(point.best), cell(point.random)) for point in part.points)
    sentences = []
    if part.last_best_trial is not None:
        sentences.append(
            f"The last new best was trial {part.last_best_trial}, {count(part.trials_since, 'comparable trial')} ago. "
            f"{count(part.new_bests, 'new best', 'new bests')}; in random order about "
            f"{decimals(part.expected_new_bests, 1)}.{_progress(part.p_new_bests)}"
        )
    columns = ("trials", "best so far", "expected of random search")
    return Section(
        f"Course{suffix}",
        (Table(columns, rows, caption="Best value by number of trials"),),
        tuple(sentences),
        part.notes,
        kind=SectionKind.COURSE,
    )


def _progress(p: float | None) -> str:
    if p is None:
        return ""
    return " The search learned." if p < MAX_CHANCE else " That does not show that the search learned."


def _waste(part: Waste) -> Section:
    states = tuple(
        (
            item.state.lower(),
            str(item.trials),
            percent(item.share),
            seconds(item.seconds),
            percent(item.time_share),
            seconds(item.median_seconds),
        )
        for item in part.states
    )
    failures = tuple((printable(item.name), str(item.trials)) for item in part.failures)
    sentences = []
    if part.saved_seconds is not None:
        sentences.append(f"Pruning saved about {seconds(part.saved_seconds)}, at the median of complete trials.")
    if part.repeats:
        sentences.append(f"{count(part.repeats, 'trial')} repeated the parameters of an earlier trial.")
    tables = (
        Table(("ended", "trials", "share", "time", "of all time", "median"), states, caption="Ended trials by state"),
        Table(("failure", "trials"), failures, caption="Failed trials by class"),
    )
    return Section("Failures, pruning, repeats", tables, tuple(sentences), part.notes, kind=SectionKind.WASTE)


def _front(part: Front) -> Section:
    numbers = ", ".join(f"#{trial}" for trial in part.trials[:_MAX_FRONT_LISTED])
    beyond = len(part.trials) - _MAX_FRONT_LISTED
    sentences = []
    if part.trials:
        sentences.append(f"Trials: {numbers}{f' and {beyond} more' if beyond > 0 else ''}.")
    if part.volumes:
        corner = ", ".join(cell(value) for value in part.reference)
        sentences.append(f"The hypervolume is measured from the worst corner ({corner}).")
    rows = tuple((str(point.trials), cell(point.hypervolume)) for point in part.volumes)
    title = f"Pareto front: {count(len(part.trials), 'trial')}"
    return Section(
        title,
        (Table(("trials", "hypervolume"), rows, caption="Hypervolume by number of trials"),),
        tuple(sentences),
        part.notes,
        kind=SectionKind.FRONT,
    )
