"""Panels of the kind `bargauge`: one horizontal bar for each series."""

from __future__ import annotations

from boards.drawing import theme, units
from boards.drawing.canvas import Box, Canvas
from boards.drawing.data import PanelData

SIZE = 12.5
TALLEST = 34.0


def draw(canvas: Canvas, box: Box, data: PanelData) -> None:
    series = sorted(data.series, key=lambda each: -each.last)
    highest = max((each.last for each in series), default=1.0) or 1.0
    names = min(max(canvas.width_of(each.name, SIZE) for each in series) + 10, box.width * 0.55)
    settings = data.panel.settings("")
    values = [units.number(each.last, settings["unit"], settings.get("decimals")) for each in series]
    room = max(canvas.width_of(value, SIZE, is_bold=True) for value in values) + 12
    height = min(TALLEST, box.height / len(series))
    for place, (each, value) in enumerate(zip(series, values, strict=True)):
        top = box.top + height * place
        color = theme.of_value(data.panel.settings(each.name, each.query.ref), each.last)
        canvas.text(box.left + 4, top + height / 2, each.name, SIZE, width=names - 6)
        whole = Box(box.left + names, top + height * 0.16, box.width - names - room, height * 0.68)
        canvas.rectangle(whole, theme.GRID)
        canvas.rectangle(Box(whole.left, whole.top, whole.width * each.last / highest, whole.height), color)
        canvas.text(box.left + box.width - 4, top + height / 2, value, SIZE, color, align="right", is_bold=True)
