"""Panels of the kind `stat`: large numbers or words side by side."""

from __future__ import annotations

from boards.drawing import theme, units
from boards.drawing.canvas import Box, Canvas
from boards.drawing.data import PanelData, Series

LARGEST, SMALLEST = 34.0, 12.0
NAME_SIZE = 12.5


def draw(canvas: Canvas, box: Box, data: PanelData) -> None:
    mode = data.panel.options["textMode"]
    width = box.width / len(data.series)
    texts = [_text(data, series, mode) for series in data.series]
    size = min(_size(canvas, text, width - 10, box.height) for text in texts)
    for place, (series, text) in enumerate(zip(data.series, texts, strict=True)):
        settings = data.panel.settings(series.name, series.query.ref)
        middle = box.left + width * (place + 0.5)
        has_name = mode == "value_and_name"
        top = box.top + box.height * (0.38 if has_name else 0.48)
        canvas.text(
            middle, top, text, size, theme.of_value(settings, series.last), align="center", is_bold=True, width=width
        )
        if has_name:
            name_top = box.top + box.height * 0.82
            canvas.text(middle, name_top, series.name, NAME_SIZE, theme.DIM, align="center", width=width - 4)


def _text(data: PanelData, series: Series, mode: str) -> str:
    if mode == "name":
        return series.name
    settings = data.panel.settings(series.name, series.query.ref)
    word = theme.mapping(settings, series.last)
    return str(word["text"]) if word else units.number(series.last, settings["unit"], settings.get("decimals"))


def _size(canvas: Canvas, text: str, width: float, height: float) -> float:
    """Return the largest size at which the text fits."""
    size = min(LARGEST, height * 0.55)
    wide = canvas.width_of(text, size, is_bold=True)
    return max(SMALLEST, min(size, size * width / wide))
