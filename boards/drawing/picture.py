"""One picture of a board: every panel in its frame, at its place on the grid."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path

from boards.drawing import bars, heat, lines, stat, table, theme
from boards.drawing.board import Board
from boards.drawing.canvas import Box, Canvas
from boards.drawing.data import PanelData
from boards.drawing.scope import Scope
from boards.layout import COLUMNS

WIDTH, MARGIN, GAP = 1280, 10, 6
LINE = 33  # pixels of one row of the grid
HEAD, TITLE = 46, 26
NO_DATA = "No data"


def draw(board: Board, data: Sequence[PanelData], scope: Scope, path: Path) -> None:
    """Draw the panels of all rows that are not collapsed."""
    canvas = Canvas(WIDTH, HEAD + board.height * LINE + MARGIN)
    _head(canvas, board, scope)
    for title, top, hidden in board.headings:
        _heading(canvas, title, top, hidden)
    for each in data:
        if not each.panel.is_hidden:
            _panel(canvas, each, scope)
    canvas.save(path)


def _head(canvas: Canvas, board: Board, scope: Scope) -> None:
    canvas.text(MARGIN + 4, HEAD / 2, board.title, 19, is_bold=True)
    start, end = (datetime.fromtimestamp(time, UTC) for time in (scope.start, scope.end))
    times = f"{start:%Y-%m-%d %H:%M} to {end:%H:%M} UTC"
    chosen = {"namespace": "All" if scope.namespace == ".*" else scope.namespace}
    if "$sweep" in str([panel.body.get("targets") for panel in board.panels]):
        chosen["sweep"] = scope.sweep
    words = "     ".join([*(f"{name}  {value}" for name, value in chosen.items()), times])
    canvas.text(WIDTH - MARGIN - 4, HEAD / 2, words, 13, theme.DIM, align="right")


def _heading(canvas: Canvas, title: str, top: int, hidden: int) -> None:
    middle = HEAD + top * LINE + LINE / 2 + 2
    mark = "▸" if hidden else "▾"
    width = canvas.text(MARGIN + 4, middle, f"{mark} {title}", 15, is_bold=True)
    if hidden:
        canvas.text(MARGIN + 16 + width, middle, f"({hidden} panels)", 13, theme.DIM)


def _panel(canvas: Canvas, data: PanelData, scope: Scope) -> None:
    left, top, width, height = data.panel.place
    column = (WIDTH - 2 * MARGIN) / COLUMNS
    frame = Box(
        MARGIN + left * column + GAP / 2, HEAD + top * LINE + GAP / 2, width * column - GAP, height * LINE - GAP
    )
    canvas.frame(frame, theme.PANEL, theme.BORDER)
    canvas.text(frame.left + 9, frame.top + TITLE / 2 + 2, data.panel.title, 13.5, is_bold=True, width=frame.width - 18)
    inner = frame.inner(8, TITLE + 2, 8, 6)
    if data.is_empty:
        text = str(data.panel.settings("").get("noValue", NO_DATA))
        middle = inner.left + inner.width / 2
        canvas.text(middle, inner.top + inner.height * 0.45, text, 16, theme.DIM, align="center", width=inner.width)
        return
    match data.panel.kind:
        case "timeseries":
            lines.draw(canvas, inner, data, scope)
        case "heatmap":
            heat.draw(canvas, inner, data, scope)
        case kind:
            _KINDS[kind](canvas, inner, data)


_KINDS = {"stat": stat.draw, "bargauge": bars.draw, "table": table.draw}
