"""Word importances, effects, branches, interactions and the elite. Called by `sections`."""

from __future__ import annotations

from collections.abc import Iterator

from hposweep.analysis.analyze import Analysis
from hposweep.analysis.effects import Effects
from hposweep.analysis.elite import Elite, EliteRange
from hposweep.analysis.importances import Importances
from hposweep.analysis.interactions import Interactions
from hposweep.cli.analyze.section import (
    UNKNOWN,
    Section,
    SectionKind,
    Table,
    cell,
    decimals,
    interval,
    percent,
    printable,
)
from hposweep.judge.criteria.boundary_zones import INSIDE, OPEN, TOUCHING
from hposweep.judge.criteria.verdicts import p_words
from hposweep.text import count, number

_BAR = 20
_BOUNDARY_WORDS = {INSIDE: "inside", TOUCHING: "at its bound: widen it", OPEN: "undecided"}


def parameter_sections(analysis: Analysis) -> Iterator[Section]:
    has_several = len(analysis.objectives) > 1
    for part in analysis.importances:
        yield _importances(part, _suffix(part.objective, has_several=has_several))
    for effects in analysis.effects:
        yield _effects(effects, _suffix(effects.objective, has_several=has_several))
        if effects.choices:
            yield _choices(effects, _suffix(effects.objective, has_several=has_several))
    for pairs in analysis.interactions:
        yield _interactions(pairs, _suffix(pairs.objective, has_several=has_several))
    yield _elite(analysis.elite)


def _suffix(objective: str, *, has_several: bool) -> str:
    return f" for {printable(objective)}" if has_several else ""


def _importances(part: Importances, suffix: str) -> Section:
    rows = tuple(
        (
            printable(item.parameter),
            "#" * round(_BAR * item.share),
            decimals(item.share),
            interval(round(item.low, 2), round(item.high, 2)),
            "yes" if item.is_distinct else "no",
        )
        for item in part.parameters
    )
    table = Table(("parameter", "", "share", "5 to 95 %", "beyond chance"), rows, 2, "Share of each parameter")
    title = f"Importance{suffix} (PED-ANOVA, {part.trials} trials, {part.seeds} seeds)"
    return Section(title, (table,), notes=part.notes, kind=SectionKind.IMPORTANCES)


def _effects(part: Effects, suffix: str) -> Section:
    rows = tuple(
        (
            printable(item.parameter),
            item.side or ("no clear direction" if item.p is not None else "unknown"),
            decimals(item.correlation),
            UNKNOWN if item.low is None or item.high is None else f"{item.low:.2f} to {item.high:.2f}",
            UNKNOWN if item.p is None else p_words(item.p),
            str(item.trials),
        )
        for item in part.parameters
    )
    branches = tuple(
        f"{printable(item.parameter)} exists only with {printable(item.branch)}."
        for item in part.parameters
        if item.branch is not None
    )
    columns = ("parameter", "better trials", "Spearman", "95 %", "p at equal age", "trials")
    return Section(
        f"Direction{suffix}",
        (Table(columns, rows, 2, "Effect of each parameter"),),
        branches,
        part.notes,
        kind=SectionKind.DIRECTIONS,
    )


def _choices(part: Effects, suffix: str) -> Section:
    rows = tuple(
        (
            printable(item.parameter),
            printable(item.choice),
            number(item.best),
            f"#{item.best_trial}",
            number(item.median),
            interval(item.low, item.high),
            f"{item.trials} ({percent(item.share)})",
        )
        for item in part.choices
    )
    columns = ("parameter", "choice", "best", "trial", "median", "95 %", "trials")
    return Section(
        f"Best of each choice{suffix}",
        (Table(columns, rows, 2, "Choices of each parameter"),),
        kind=SectionKind.CHOICES,
    )


def _interactions(part: Interactions, suffix: str) -> Section:
    rows = tuple(
        (
            *map(printable, item.parameters),
            " with ".join(
                f"{printable(name)} {printable(side)}"
                for name, side in zip(item.parameters, item.better_together, strict=True)
            ),
            percent(item.share),
            p_words(item.p),
            str(item.trials),
        )
        for item in part.interactions
    )
    columns = ("parameter", "and", "gain most together", "of the variance", "p", "trials")
    return Section(
        f"Interactions{suffix} ({count(part.pairs, 'pair')}, {part.trials} trials)",
        (Table(columns, rows, 3, "Pairs of parameters that act together"),),
        notes=part.notes,
        kind=SectionKind.INTERACTIONS,
    )


def _elite(part: Elite) -> Section:
    ranges = tuple(
        (
            printable(item.parameter),
            _boundary(item),
            interval(item.searched_low, item.searched_high),
            interval(item.low, item.high),
            percent(item.range_share),
            str(item.elite),
        )
        for item in part.ranges
    )
    choices = tuple(
        (
            printable(item.parameter),
            printable(item.choice),
            percent(item.share),
            percent(item.sampled),
            decimals(item.lift),
            cell(item.elite),
        )
        for item in part.choices
    )
    tables = (
        Table(("parameter", "bounds", "searched", "elite", "of the range", "trials"), ranges, 2, "Ranges"),
        Table(("parameter", "choice", "of the elite", "of all trials", "lift", "trials"), choices, 2, "Choices"),
    )
    notes = part.notes if part.trials else ("Unknown: no comparable trial.",)
    return Section(
        f"Elite: the best {part.trials} of {part.comparable} trials", tables, notes=notes, kind=SectionKind.ELITE
    )


def _boundary(item: EliteRange) -> str:
    words = _BOUNDARY_WORDS.get(item.boundary, UNKNOWN)
    near = [
        f"{n} of {item.boundary_elite} {side}" for side, n in (("low", item.near_low), ("high", item.near_high)) if n
    ]
    return f"{words} ({', '.join(near)})" if near else words
