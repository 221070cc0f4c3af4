"""Panels of the kind `table`: series as rows, after the transformations that the boards use."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from boards.drawing import theme, units
from boards.drawing.board import Json
from boards.drawing.canvas import Box, Canvas
from boards.drawing.data import PanelData

HEAD_SIZE, SIZE = 12.0, 12.5
LINE, GAP = 23.0, 16.0
Record = dict[str, Any]


def draw(canvas: Canvas, box: Box, data: PanelData) -> None:
    names, records = rows(data)
    settings = {name: data.panel.settings(name) for name in names}
    texts = [{name: _text(settings[name], record.get(name)) for name in names} for record in records]
    widths = _widths(canvas, names, texts, settings, box.width)
    canvas.line(box.left, box.top + LINE, box.left + box.width, theme.BORDER)
    left = box.left + 4
    for name, width in zip(names, widths, strict=True):
        heading = str(settings[name].get("displayName", name))
        canvas.text(left, box.top + LINE / 2, heading, HEAD_SIZE, theme.NAMES["blue"], width=width - GAP)
        for place, (record, text) in enumerate(zip(records, texts, strict=True)):
            cell = Box(left, box.top + LINE * (place + 1), width - GAP, LINE)
            if cell.top + LINE > box.top + box.height:
                break
            _cell(canvas, cell, settings[name], record.get(name), text[name])
        left += width


def rows(data: PanelData) -> tuple[list[str], list[Record]]:
    """Return the columns in order, and the rows, as the panel's transformations make them."""
    steps = {step["id"]: step["options"] for step in data.panel.body["transformations"]}
    many = len(data.panel.queries) > 1
    records: list[Record] = []
    for series in data.series:
        value = f"Value #{series.query.ref}" if many else "Value"
        _merge(records, {**series.labels, value: series.last})
    kept, names = steps["filterFieldsByName"]["include"]["names"], steps["organize"]["renameByName"]
    places = steps["organize"]["indexByName"]
    columns = sorted(kept, key=lambda name: places[name])
    renamed = [{names[name]: record[name] for name in columns if name in record} for record in records]
    return [names[name] for name in columns], renamed


def _merge(records: list[Record], new: Record) -> None:
    """Add a row, or complete those with the same values in all columns that both have."""
    labels = {name for name in new if not name.startswith("Value")}
    partners = [each for each in records if _agrees(each, new, labels)]
    for each in partners:
        each.update(new)
    if not partners:
        records.append(new)


def _agrees(record: Record, new: Record, labels: set[str]) -> bool:
    common = labels & record.keys()
    is_new = any(name not in record for name in new)
    return bool(common) and is_new and all(record[name] == new[name] for name in common)


def _text(settings: Json, value: Any) -> str:
    word = theme.mapping(settings, value)
    if word:
        return str(word["text"])
    if isinstance(value, float):
        return units.number(value, settings["unit"], settings.get("decimals"))
    return "" if value is None else str(value)


def _cell(canvas: Canvas, cell: Box, settings: Json, value: Any, text: str) -> None:
    look = settings.get("custom.cellOptions", {}).get("type")
    middle = cell.top + cell.height / 2
    color = theme.TEXT
    if look == "color-text":
        color = theme.of_value(settings, value) if isinstance(value, float) else _word_color(settings, value)
    if look == "gauge" and isinstance(value, float):
        room = canvas.width_of("100 %", SIZE) + 10
        bar = Box(cell.left, cell.top + 6, cell.width - room, cell.height - 12)
        share = (value - settings["min"]) / (settings["max"] - settings["min"])
        canvas.rectangle(bar, theme.GRID)
        canvas.rectangle(
            Box(bar.left, bar.top, bar.width * min(share, 1.0), bar.height), theme.of_value(settings, value)
        )
        canvas.text(cell.left + cell.width, middle, text, SIZE, align="right")
        return
    canvas.text(cell.left, middle, text, SIZE, color, width=cell.width)
    canvas.line(cell.left, cell.top + cell.height, cell.left + cell.width, theme.GRID, 0.6)


def _word_color(settings: Json, value: Any) -> str:
    word = theme.mapping(settings, value)
    return theme.color(word["color"]) if word else theme.TEXT


def _widths(
    canvas: Canvas, names: Sequence[str], texts: Sequence[Mapping[str, str]], settings: Mapping[str, Json], room: float
) -> list[float]:
    """Return the width of each column: what its texts need, scaled to the whole."""
    needed = []
    for name in names:
        cells = [canvas.width_of(record[name], SIZE) for record in texts[:20]]
        heading = canvas.width_of(str(settings[name].get("displayName", name)), HEAD_SIZE)
        is_gauge = settings[name].get("custom.cellOptions", {}).get("type") == "gauge"
        needed.append(max(heading, *cells, 150.0 if is_gauge else 0.0) + GAP)
    return [width * room / sum(needed) for width in needed]
