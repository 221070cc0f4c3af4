"""The table of what Prometheus answered: panel, query, points."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from boards.drawing.board import Board
from boards.drawing.data import PanelData

LINE = "{:<28} {:<26} {:>7}  {}"


def table(answers: Iterable[tuple[Board, Sequence[PanelData]]]) -> str:
    """Return one line for each query, with the number of its points."""
    lines = [LINE.format("board and row", "panel", "points", "query")]
    for board, panels in answers:
        for data in panels:
            for query in data.panel.queries:
                row = f"{board.uid.removeprefix('hposweep-')} {data.panel.row[:20]}".strip()
                points = data.points[query.ref] or "none"
                lines.append(LINE.format(row, data.panel.title, points, query.expression))
    return "\n".join(lines)


def empty(panels: Iterable[PanelData]) -> list[str]:
    """Return the titles of the panels that have no data at all."""
    return [data.panel.title for data in panels if data.is_empty]
