"""The plots of a report: the course of an objective, and the importances. Called by `builder`. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise
from xml.etree.ElementTree import SubElement

from hposweep.analysis.convergence import Convergence
from hposweep.analysis.importances import Importances
from hposweep.analysis.points import NewBest
from hposweep.cli.analyze.section import cell, decimals, printable
from hposweep.cli.report import svg
from hposweep.cli.report.document import Plot
from hposweep.text import count

COURSE_HEIGHT, ROW_HEIGHT = 230, 26
MAX_BARS = 15


def course_plot(name: str, part: Convergence, bests: Sequence[NewBest]) -> Plot | None:
    """Return the best value so far as steps, with that of a random search; None for a single trial."""
    if len(bests) < 2 or bests[-1].trials < 2:
        return None
    random = [(point.trials, point.random) for point in part.points if point.random is not None]
    values = [*(item.value for item in bests), *(value for _, value in random)]
    objective = printable(part.objective)
    root = svg.picture(
        name,
        COURSE_HEIGHT,
        f"Best {objective} so far",
        f"From {cell(bests[0].value)} in the first comparable trial to {cell(bests[-1].value)} "
        f"after {bests[-1].trials} trials.",
    )
    across = svg.PlotScale(1, bests[-1].trials, svg.LEFT, svg.WIDTH - svg.RIGHT)
    upward = svg.scale_of(values, COURSE_HEIGHT - svg.BOTTOM, svg.TOP + 8)
    svg.axes(root, across, upward, ("comparable trials", objective))
    svg.line(root, [(across.place(n), upward.place(value)) for n, value in random], "random")
    svg.line(root, _steps(across, upward, bests), "best")
    words = "Solid: the best value so far."
    return Plot(svg.as_text(root), f"{words} Dashed: expected of random search." if random else words)


def _steps(across: svg.PlotScale, upward: svg.PlotScale, bests: Sequence[NewBest]) -> list[tuple[float, float]]:
    places = [(across.place(bests[0].trials), upward.place(bests[0].value))]
    for before, after in pairwise(bests):
        x = across.place(after.trials)
        places += [(x, upward.place(before.value)), (x, upward.place(after.value))]
    return places


def importance_plot(name: str, part: Importances) -> Plot | None:
    """Return a bar with its interval for each of the most important parameters; None when there are none."""
    rows = part.parameters[:MAX_BARS]
    if not rows:
        return None
    height = svg.TOP + ROW_HEIGHT * len(rows) + svg.BOTTOM
    largest = rows[0]
    root = svg.picture(
        name,
        height,
        f"Importance for {printable(part.objective)}",
        f"{printable(largest.parameter)} has the largest share, {decimals(largest.share)}.",
    )
    bottom = height - svg.BOTTOM
    across = svg.PlotScale(0, max(item.high for item in rows) or 1, svg.NAMES, svg.WIDTH - svg.RIGHT - 40)
    svg.ticks_across(root, across, bottom)
    svg.text(root, svg.WIDTH - svg.RIGHT, bottom + 34, "share", "end", "axis")
    for place, item in enumerate(rows):
        y = svg.TOP + ROW_HEIGHT * place
        width = max(0.0, across.place(item.share) - svg.NAMES)
        kind = "bar" if item.is_distinct else "bar chance"
        svg.text(root, svg.NAMES - 6, y + 14, item.parameter, "end")
        SubElement(
            root, "rect", {"x": str(svg.NAMES), "y": str(y), "width": f"{width:g}", "height": "18", "class": kind}
        )
        svg.line(root, [(across.place(end), y + 9) for end in (item.low, item.high)], "interval")
        svg.text(root, svg.WIDTH - svg.RIGHT, y + 14, decimals(item.share), "end")
    words = "Filled bars are beyond chance, empty ones are not. The line is 5 to 95 % of the seeds."
    hidden = len(part.parameters) - len(rows)
    return Plot(svg.as_text(root), f"{words} {count(hidden, 'parameter')} below." if hidden else words)
