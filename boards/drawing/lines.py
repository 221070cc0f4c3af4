"""Panels of the kind `timeseries`: lines over time, or areas upon each other."""

from __future__ import annotations

import math
from collections.abc import Sequence
from datetime import UTC, datetime

import numpy as np
from matplotlib.axes import Axes
from matplotlib.ticker import FixedLocator, FuncFormatter, MaxNLocator
from numpy.typing import NDArray

from boards.drawing import theme, units
from boards.drawing.board import Json
from boards.drawing.canvas import Box, Canvas
from boards.drawing.data import PanelData, Series
from boards.drawing.scope import Scope

TICK_SIZE, LEGEND_SIZE = 11.0, 12.0
LEGEND_LINE, LEGEND_GAP, MARK = 17.0, 14.0, 14.0
AXIS_HEIGHT, CHARACTER = 20.0, 6.6
MAX_LEGEND_LINES = 3
TIME_WIDTH = 50.0  # of a label of the time axis, with a gap
TIME_STEPS = (10, 15, 30, 60, 120, 300, 600, 900, 1800, 3600, 7200, 10800, 21600, 43200, 86400)
Numbers = NDArray[np.float64]


def draw(canvas: Canvas, box: Box, data: PanelData, scope: Scope) -> None:
    settings = [data.panel.settings(series.name, series.query.ref) for series in data.series]
    colors = [theme.of_series(each, place) for place, each in enumerate(settings)]
    legend = _legend_lines(canvas, data.series, box.width)
    height = box.height - AXIS_HEIGHT - LEGEND_LINE * len(legend)
    times = np.arange(scope.start, scope.end + scope.step / 2, scope.step)
    rows = [_row(series, scope, len(times)) for series in data.series]
    base = data.panel.settings("")
    low, high = _limits(rows, settings, base)
    unit, decimals = str(base["unit"]), base.get("decimals")
    ticks = _ticks(low, high, units.scale(high, unit), is_whole=decimals == 0)
    labels = [units.number(tick, unit) for tick in ticks]
    left = max((len(label) for label in labels), default=1) * CHARACTER + 6
    axes = canvas.axes(Box(box.left + left, box.top + 6, box.width - left - 6, height - 6))
    _plot(axes, times, rows, settings, colors)
    axes.set_ylim(low, high)
    axes.yaxis.set_major_locator(FixedLocator(ticks))
    axes.yaxis.set_major_formatter(FuncFormatter(lambda value, _: units.number(value, unit)))
    style_axes(axes, scope, box.width - left)
    _legend(canvas, box, legend, dict(zip(map(id, data.series), zip(colors, settings, strict=True), strict=True)))


def style_axes(axes: Axes, scope: Scope, width: float) -> None:
    """Give axes a grid and the labels of the time."""
    axes.set_xlim(scope.start, scope.end)
    span = scope.end - scope.start
    step = next((each for each in TIME_STEPS if span / each <= width / _label_width(each)), TIME_STEPS[-1])
    first = math.ceil((scope.start + span * 0.04) / step) * step
    axes.xaxis.set_major_locator(FixedLocator(list(np.arange(first, scope.end, step))))
    form = "%H:%M:%S" if step < 60 else "%H:%M"
    axes.xaxis.set_major_formatter(FuncFormatter(lambda value, _: datetime.fromtimestamp(value, UTC).strftime(form)))
    axes.grid(visible=True, color=theme.GRID, lw=0.7)
    axes.set_axisbelow(True)
    axes.tick_params(length=0, labelsize=TICK_SIZE * 0.72, colors=theme.DIM, pad=3)
    for spine in axes.spines.values():
        spine.set_visible(False)


def _ticks(low: float, high: float, scale: float, *, is_whole: bool) -> list[float]:
    """Return round numbers of the unit that is shown."""
    locator = MaxNLocator(5, steps=[1, 2, 2.5, 5, 10], integer=is_whole)
    return [tick * scale for tick in locator.tick_values(low / scale, high / scale) if low <= tick * scale <= high]


def _label_width(step: float) -> float:
    """Return the width of a label of the time axis, with a gap; below a minute it has seconds."""
    return TIME_WIDTH * 1.6 if step < 60 else TIME_WIDTH


def _row(series: Series, scope: Scope, length: int) -> Numbers:
    """Return the samples on the steps of the picture; a gap is not a number."""
    row = np.full(length, np.nan)
    for time, value in series.samples:
        place = round((time - scope.start) / scope.step)
        if 0 <= place < length:
            row[place] = value
    return row


def _plot(axes: Axes, times: Numbers, rows: Sequence[Numbers], settings: Sequence[Json], colors: Sequence[str]) -> None:
    below = np.zeros(len(times))
    for row, each, color in zip(rows, settings, colors, strict=True):
        width, opacity = each.get("custom.lineWidth", 1), each.get("custom.fillOpacity", 0) / 100
        dash = each.get("custom.lineStyle", {}).get("dash")
        style = (0, tuple(length * 0.5 for length in dash)) if dash else "-"
        is_stacked = each.get("custom.stacking", {}).get("mode") == "normal"
        upper = below + np.nan_to_num(row) if is_stacked else row
        drawn = np.where(np.isnan(row), np.nan, upper)
        axes.plot(times, drawn, color=color, lw=width * 0.75, ls=style, solid_capstyle="round")
        lonely = ~np.isnan(drawn) & np.isnan(np.roll(drawn, 1)) & np.isnan(np.roll(drawn, -1))
        axes.plot(times[lonely], drawn[lonely], ".", color=color, ms=3)
        if opacity:
            floor = below if is_stacked else np.zeros(len(times))
            axes.fill_between(times, floor, drawn, color=color, alpha=opacity, lw=0)
        below = upper if is_stacked else below


def _limits(rows: Sequence[Numbers], settings: Sequence[Json], base: Json) -> tuple[float, float]:
    stacked = [row for row, each in zip(rows, settings, strict=True) if _is_stacked(each)]
    values = [row for row, each in zip(rows, settings, strict=True) if not _is_stacked(each)]
    if stacked:
        values.append(np.sum([np.nan_to_num(row) for row in stacked], axis=0))
    finite = np.concatenate(values)
    finite = finite[np.isfinite(finite)]
    low, high = (float(finite.min()), float(finite.max())) if finite.size else (0.0, 1.0)
    margin = (high - low) * 0.08 or abs(high) * 0.1 or 1.0
    return float(base.get("min", low - margin)), float(base.get("max", high + margin))


def _is_stacked(settings: Json) -> bool:
    return bool(settings.get("custom.stacking", {}).get("mode") == "normal")


def _legend_lines(canvas: Canvas, series: Sequence[Series], width: float) -> list[list[Series]]:
    """Return the entries of the legend by line."""
    lines: list[list[Series]] = [[]]
    used = 0.0
    for each in series:
        entry = MARK + canvas.width_of(each.name, LEGEND_SIZE) + LEGEND_GAP
        if used + entry > width and lines[-1]:
            lines.append([])
            used = 0.0
        lines[-1].append(each)
        used += entry
    return lines[:MAX_LEGEND_LINES]


def _legend(canvas: Canvas, box: Box, lines: list[list[Series]], looks: dict[int, tuple[str, Json]]) -> None:
    for place, line in enumerate(lines):
        top = box.top + box.height - LEGEND_LINE * (len(lines) - place) + LEGEND_LINE / 2 + 2
        left = box.left + 4
        for series in line:
            color, settings = looks[id(series)]
            style = "--" if settings.get("custom.lineStyle", {}).get("dash") else "-"
            canvas.line(left, top, left + 10, color, 2, style)
            width = canvas.text(left + MARK, top, series.name, LEGEND_SIZE, theme.DIM, width=box.width - MARK - 8)
            left += MARK + width + LEGEND_GAP
