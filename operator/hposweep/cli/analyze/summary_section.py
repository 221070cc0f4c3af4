"""Word the summary and the best trials. Called by `sections`."""

from __future__ import annotations

from collections.abc import Iterator

from hposweep.analysis.analyze import Analysis
from hposweep.analysis.summary import RankedTrial
from hposweep.cli.analyze.section import UNKNOWN, Section, SectionKind, Table, cell, printable, seconds
from hposweep.text import count

OWN_PREFIX = "hposweep:"
MAX_ATTRIBUTES = 20
_TRIALS_PER_TABLE = 5


def summary_section(analysis: Analysis) -> Section:
    summary, counts = analysis.summary, analysis.summary.counts
    goals = ", ".join(f"{printable(goal.name)} ({goal.direction.lower()})" for goal in analysis.objectives)
    rows = [
        ("objective" if len(analysis.objectives) == 1 else "objectives", goals),
        ("storage", printable(analysis.place)),
        (
            "trials",
            f"{counts.total}: {counts.complete} complete, {counts.pruned} pruned, {counts.failed} failed, "
            f"{counts.running} running, {counts.waiting} waiting",
        ),
        ("comparable", count(summary.comparable, "trial")),
    ]
    if summary.last_completed is not None:
        rows.append(("last trial", f"{summary.last_completed:%Y-%m-%d %H:%M} UTC"))
    return Section(
        f"Study {printable(analysis.study)}",
        (Table(("", ""), tuple(rows), 2, "The study"),),
        notes=summary.notes,
        kind=SectionKind.SUMMARY,
    )


def best_section(analysis: Analysis) -> Section:
    """Return one column for each trial, because a study has more parameters than trials are shown."""
    top = analysis.summary.top
    parts = tuple(top[start : start + _TRIALS_PER_TABLE] for start in range(0, len(top), _TRIALS_PER_TABLE))
    tables = tuple(
        Table(
            ("", *(f"#{trial.number}" for trial in part)), tuple(_rows(analysis, part)), caption="Values and parameters"
        )
        for part in parts
    )
    notes = () if top else ("No trial can be ranked.",)
    return Section(f"Best {count(len(top), 'trial')}", tables, notes=notes, kind=SectionKind.BEST)


def _rows(analysis: Analysis, trials: tuple[RankedTrial, ...]) -> Iterator[tuple[str, ...]]:
    for place, goal in enumerate(analysis.objectives):
        yield printable(goal.name), *(cell(trial.values[place]) for trial in trials)
    if len(analysis.objectives) > 1:
        yield "Pareto front", *(cell(trial.front + 1) for trial in trials)
    for name in dict.fromkeys(name for trial in trials for name in trial.params):
        yield printable(name), *(cell(trial.params[name]) if name in trial.params else UNKNOWN for trial in trials)
    names = dict.fromkeys(name for trial in trials for name in trial.attributes if not str(name).startswith(OWN_PREFIX))
    for name in list(names)[:MAX_ATTRIBUTES]:
        yield f"@{printable(name)}", *(cell(trial.attributes.get(name)) for trial in trials)
    yield "duration", *(seconds(trial.seconds) for trial in trials)
