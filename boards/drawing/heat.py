"""Panels of the kind `heatmap`: how many observations fell into each bucket of a histogram, over time."""

from __future__ import annotations

import numpy as np
from matplotlib import colormaps
from matplotlib.colors import Normalize
from matplotlib.ticker import FixedLocator, FuncFormatter

from boards.drawing import theme, units
from boards.drawing.canvas import Box, Canvas
from boards.drawing.data import PanelData
from boards.drawing.lines import AXIS_HEIGHT, LEGEND_LINE, LEGEND_SIZE, style_axes
from boards.drawing.scope import Scope

LABEL_WIDTH = 66.0
MAX_COLUMNS = 60


def draw(canvas: Canvas, box: Box, data: PanelData, scope: Scope) -> None:
    bounds, counts = _counts(data, scope)
    kept = np.flatnonzero(counts.sum(axis=1) > 0)
    first, last = (max(int(kept[0]) - 1, 0), int(kept[-1]) + 1) if kept.size else (0, 1)
    counts, bounds = counts[first : last + 1], bounds[first : last + 1]
    height = box.height - AXIS_HEIGHT - LEGEND_LINE - 6
    axes = canvas.axes(Box(box.left + LABEL_WIDTH, box.top + 6, box.width - LABEL_WIDTH - 6, height))
    scheme = colormaps[str(data.panel.options["color"]["scheme"])].reversed()  # dark is low on a dark page
    highest = float(counts.max()) or 1.0
    shown = np.ma.masked_less_equal(counts, data.panel.options["filterValues"]["le"]) ** 0.5
    edges = np.linspace(scope.start, scope.end, counts.shape[1] + 1)
    norm = Normalize(-0.35 * highest**0.5, highest**0.5)
    axes.pcolormesh(edges, np.arange(len(bounds) + 1), shown, cmap=scheme, norm=norm, edgecolors=theme.PANEL, lw=0.5)
    style_axes(axes, scope, box.width - LABEL_WIDTH)
    unit = str(data.panel.options["yAxis"]["unit"])
    axes.yaxis.set_major_locator(FixedLocator([place + 1.0 for place in range(len(bounds))]))
    names = [f"≤ {units.number(bound, unit)}" if np.isfinite(bound) else "longer" for bound in bounds]
    axes.yaxis.set_major_formatter(FuncFormatter(lambda value, _: names[int(value) - 1] if value >= 1 else ""))
    legend = f"up to {units.number(highest, 'short')} in a cell"
    canvas.text(box.left + LABEL_WIDTH, box.top + box.height - LEGEND_LINE / 2 + 2, legend, LEGEND_SIZE, theme.DIM)


def _counts(data: PanelData, scope: Scope) -> tuple[np.ndarray, np.ndarray]:
    """Return the upper bounds, and the counts of each bucket without those of the smaller ones, by time."""
    by_bound = sorted((float(each.labels["le"]), each.samples) for each in data.series)
    columns = int(min(MAX_COLUMNS, (scope.end - scope.start) / scope.step))
    whole = np.zeros((len(by_bound), columns))
    number = np.zeros(columns)
    for place, (_, samples) in enumerate(by_bound):
        number[:] = 0
        for time, value in samples:
            column = min(int((time - scope.start) / (scope.end - scope.start) * columns), columns - 1)
            whole[place, column] += value
            number[column] += 1
        whole[place] /= np.maximum(number, 1)
    counts = np.diff(whole, axis=0, prepend=0.0)
    return np.array([bound for bound, _ in by_bound]), np.maximum(counts, 0.0)
