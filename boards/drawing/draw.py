"""Draw both boards: ask Prometheus the queries of their panels, and write one picture of each."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from boards.drawing import picture, points
from boards.drawing.board import Board, read
from boards.drawing.data import PanelData, ask
from boards.drawing.prometheus import Prometheus
from boards.drawing.scope import Scope
from boards.generate import FOLDER
from boards.layout import FLEET_UID, SWEEP_UID

Answers = list[tuple[Board, list[PanelData]]]


def answers(
    server: Prometheus, scope: Scope, *, uids: Sequence[str] = (SWEEP_UID, FLEET_UID), with_collapsed: bool = False
) -> Answers:
    """Return what Prometheus answers to each panel of these boards. Raises QueryError."""
    boards = [read(FOLDER / f"{uid}.json") for uid in uids]
    return [
        (board, [ask(panel, server, scope) for panel in board.panels if with_collapsed or not panel.is_hidden])
        for board in boards
    ]


def draw(boards: Answers, scope: Scope, folder: Path) -> list[Path]:
    """Write a picture of each board and return their paths."""
    folder.mkdir(parents=True, exist_ok=True)
    paths = []
    for board, panels in boards:
        path = folder / f"{board.uid}.png"
        picture.draw(board, panels, scope, path)
        paths.append(path)
    return paths


def table(boards: Answers) -> str:
    """Return one line for each query, and the panels without data."""
    names = empty(boards)
    ending = f"no data: {'; '.join(names)}" if names else "every panel has data"
    return f"{points.table(boards)}\n{ending}"


def empty(boards: Answers) -> list[str]:
    """Return board and title of each panel that has no data at all."""
    return [f"{board.uid}: {title}" for board, panels in boards for title in points.empty(panels)]


def is_complete(boards: Answers) -> bool:
    """Return whether every panel has data."""
    return not empty(boards)
