"""Colours and sizes of the pictures."""

from __future__ import annotations

from boards.drawing.board import Json

PAGE, PANEL, BORDER = "#111217", "#181b1f", "#2c3037"
TEXT, DIM, GRID = "#d8d9da", "#9fa3aa", "#2a2e35"
NAMES = {
    "green": "#73bf69",
    "red": "#f2495c",
    "orange": "#ff9830",
    "yellow": "#fade2a",
    "blue": "#5794f2",
    "light-blue": "#8ab8ff",
    "purple": "#b877d9",
    "text": TEXT,
}
PALETTE = ("#73bf69", "#f2cc0c", "#8ab8ff", "#ff9830", "#f2495c", "#b877d9", "#37872d", "#e0b400", "#5794f2", "#fa6400")


def color(name: str) -> str:
    """Return a colour of Grafana by name, or one that is written out."""
    return NAMES.get(name, name)


def of_value(settings: Json, value: float) -> str:
    """Return the colour of a value: fixed, of its word, or of the threshold that it has reached."""
    word = mapping(settings, value)
    if word is not None and word.get("color"):
        return color(word["color"])
    fixed = settings.get("color", {})
    if fixed.get("mode") == "fixed":
        return color(fixed["fixedColor"])
    chosen = "text"
    for step in settings.get("thresholds", {}).get("steps", []):
        if step["value"] is None or value >= step["value"]:
            chosen = step["color"]
    return color(chosen)


def of_series(settings: Json, place: int) -> str:
    """Return the colour of a line: fixed, or the next of the palette."""
    fixed = settings.get("color", {})
    return color(fixed["fixedColor"]) if fixed.get("mode") == "fixed" else PALETTE[place % len(PALETTE)]


def mapping(settings: Json, value: object) -> Json | None:
    """Return the word that stands in place of a value, with its colour; None when it is shown as it is."""
    key = f"{value:g}" if isinstance(value, float) else str(value)
    for each in settings.get("mappings", []):
        if key in each["options"]:
            return dict(each["options"][key])
    return None
