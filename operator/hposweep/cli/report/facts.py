"""Word the facts that a reader must know first. Called by `builder`. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from hposweep.analysis.analyze import Analysis
from hposweep.analysis.convergence import MAX_CHANCE
from hposweep.cli.analyze.section import cell, printable
from hposweep.judge.criteria.boundary_zones import TOUCHING
from hposweep.text import count

MAX_NAMES = 8


def facts(analysis: Analysis) -> tuple[str, ...]:
    return tuple(_facts(analysis))


def _facts(analysis: Analysis) -> Iterator[str]:
    summary = analysis.summary
    yield _best(analysis)
    yield f"{count(summary.counts.total, 'trial')}, of which {summary.comparable} can be compared."
    important = dict.fromkeys(
        printable(item.parameter) for part in analysis.importances for item in part.parameters if item.is_distinct
    )
    if important:
        yield f"Important beyond chance: {_names(important)}."
    elif any(part.parameters for part in analysis.importances):
        yield "No parameter is important beyond chance."
    directions = dict.fromkeys(
        f"{printable(item.parameter)} {printable(item.side)}{_suffix(analysis, part.objective)}"
        for part in analysis.effects
        for item in part.parameters
        if item.side
    )
    if directions:
        yield f"Direction: {_names(directions)}."
    pairs = [
        f"{' and '.join(map(printable, item.parameters))}{_suffix(analysis, part.objective)}"
        for part in analysis.interactions
        for item in part.interactions
    ]
    if pairs:
        yield f"Act together: {_names(pairs)}."
    touching = [printable(item.parameter) for item in analysis.elite.ranges if item.boundary == TOUCHING]
    if touching:
        yield f"Widen the range: the best trials are at a bound of {_names(touching)}."
    for part in analysis.convergence:
        if part.p_new_bests is not None and part.p_new_bests < MAX_CHANCE:
            suffix = _suffix(analysis, part.objective)
            yield f"The search learned{suffix}: {part.new_bests} new bests, the last {part.trials_since} trials ago."


def _suffix(analysis: Analysis, objective: str) -> str:
    return f" for {printable(objective)}" if len(analysis.objectives) > 1 else ""


def _best(analysis: Analysis) -> str:
    top = analysis.summary.top
    if not top:
        return "No trial can be ranked."
    if len(analysis.objectives) > 1:
        front = analysis.front.trials if analysis.front is not None else ()
        return f"{count(len(front), 'trial')} on the Pareto front of {len(analysis.objectives)} objectives."
    goal = analysis.objectives[0]
    return (
        f"Best {printable(goal.name)}: {cell(top[0].values[0])} in trial #{top[0].number} ({goal.direction.lower()})."
    )


def _names(names: Iterable[str]) -> str:
    items = [*names]
    beyond = len(items) - MAX_NAMES
    return f"{', '.join(items[:MAX_NAMES])}{f' and {beyond} more' if beyond > 0 else ''}"
