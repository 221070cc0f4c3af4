"""Elements, scales and axes of SVG pictures. Called by `plots` and `parameter_plots`. Pure.

ElementTree escapes every text. Colours are classes of the style sheet, so that they follow the reader's light or dark
scheme.
"""

from __future__ import annotations

import math
import unicodedata
from bisect import bisect_right
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import accumulate
from xml.etree.ElementTree import Element, SubElement, tostring

from hposweep.cli.analyze.section import printable
from hposweep.text import ELLIPSIS

WIDTH = 420  # of every picture; small, so that its text can be read on a phone
LEFT, RIGHT, TOP, BOTTOM = 66, 24, 20, 40
NAMES = 160  # width of the names of rows
MAX_TEXT_CHARACTERS = 300  # of the texts for screen readers
_AXIS_WIDTH = 340
_FONT_SIZE = 13  # as in the style sheet
# The width of a character in parts of the font size: a page cannot measure its texts without a script.
_WIDE, _BROAD, _CAPITAL, _COMMON = 1.0, 0.95, 0.72, 0.58
_MAX_TICKS = 5
_MAX_TICK_CHARACTERS = 7
_TICK_DIGITS = range(4, 9)


@dataclass(frozen=True, slots=True)
class PlotScale:
    """From values to places in a picture, also when values are huge, tiny or all equal."""

    low: float
    high: float
    start: float
    end: float
    is_log: bool = False

    def place(self, value: float) -> float:
        low, high, item = (self._shrunk(number) for number in (self.low, self.high, value))
        share = (item - low) / (high - low) if high > low else 0.5
        return round(self.start + share * (self.end - self.start), 1)

    def ticks(self) -> tuple[float, ...]:
        """Return round numbers in the range; its ends when there are no two."""
        if self.is_log:
            powers = range(math.ceil(math.log10(self.low) - 1e-9), math.floor(math.log10(self.high) + 1e-9) + 1)
            marks = tuple(10.0**power for power in powers[:: max(1, math.ceil(len(powers) / _MAX_TICKS))])
        else:
            marks = _round_numbers(self.low, self.high)
        return marks if len(marks) > 1 else tuple(dict.fromkeys((self.low, self.high)))

    def _shrunk(self, value: float) -> float:
        """Return a quarter, because the difference of two huge numbers is infinite; of tiny ones nothing is lost."""
        if self.is_log:
            return math.log(value)
        return value / 4 if max(abs(self.low), abs(self.high)) > 1 else value


def scale_of(values: Iterable[float], start: float, end: float, *, is_log: bool = False) -> PlotScale:
    items = [*values]
    low, high = min(items), max(items)
    return PlotScale(low, high, start, end, is_log and low > 0)


def _round_numbers(low: float, high: float) -> tuple[float, ...]:
    span = high - low
    if not math.isfinite(span) or span <= 1e-9 * max(abs(low), abs(high)) or span < 1e-290:
        return ()
    power = 10.0 ** math.floor(math.log10(span / _MAX_TICKS))
    step = next(factor * power for factor in (1, 2, 5, 10, 20) if span / (factor * power) <= _MAX_TICKS)
    return tuple(step * place for place in range(math.ceil(low / step), math.floor(high / step) + 1))


def tick_labels(ticks: Sequence[float]) -> list[str]:
    """Return short labels, with as many digits as are needed to tell them apart."""
    labels = [f"{tick:.6g}" for tick in ticks]
    if max(map(len, labels)) <= _MAX_TICK_CHARACTERS and _are_distinct(labels):
        return labels
    for digits in _TICK_DIGITS:
        labels = [f"{tick:.{digits}g}" for tick in ticks]
        if _are_distinct(labels):
            break
    return labels


def _are_distinct(labels: Sequence[str]) -> bool:
    return len(set(labels)) == len(labels)


def picture(name: str, height: int, title: str, description: str) -> Element:
    """Return an empty picture with its texts for screen readers. `name` is unique on the page."""
    root = Element(
        "svg",
        {
            "role": "img",
            "viewBox": f"0 0 {WIDTH} {height}",
            "aria-labelledby": f"{name}-title {name}-desc",
        },
    )
    SubElement(root, "title", id=f"{name}-title").text = printable(title, MAX_TEXT_CHARACTERS)
    SubElement(root, "desc", id=f"{name}-desc").text = printable(description, MAX_TEXT_CHARACTERS)
    return root


def text(parent: Element, x: float, y: float, words: object, anchor: str = "start", kind: str = "label") -> None:
    """Add a text, cut to the space that it has."""
    label = fitted(words, _AXIS_WIDTH if kind == "axis" else NAMES - 10)
    SubElement(parent, "text", {"x": f"{x:g}", "y": f"{y:g}", "text-anchor": anchor, "class": kind}).text = label


def fitted(words: object, width: float) -> str:
    """Return the text, or its beginning with an ellipsis when it is wider than so many units of the picture."""
    label = printable(words, MAX_TEXT_CHARACTERS)
    ends = [*accumulate(_FONT_SIZE * _width(letter) for letter in label)]
    if not ends or ends[-1] <= width:
        return label
    return label[: bisect_right(ends, width - _FONT_SIZE)] + ELLIPSIS


def _width(letter: str) -> float:
    if unicodedata.combining(letter):
        return 0.0
    if unicodedata.east_asian_width(letter) in "WF":
        return _WIDE
    if letter in "MWmw@%":
        return _BROAD
    return _CAPITAL if letter.isupper() else _COMMON


def line(parent: Element, places: Sequence[tuple[float, float]], kind: str) -> None:
    points = " ".join(f"{x:g},{y:g}" for x, y in places)
    SubElement(parent, "polyline", {"points": points, "class": kind})


def dots(parent: Element, places: Sequence[tuple[float, float]], kind: str) -> None:
    """Add one path of lines without length, whose round caps are dots: a fifth of the bytes of circles."""
    if places:
        SubElement(parent, "path", {"d": "".join(f"M{x:g} {y:g}h0" for x, y in places), "class": kind})


def axes(parent: Element, across: PlotScale, upward: PlotScale, words: tuple[str, str]) -> None:
    """Add ticks, their lines and the names of both axes."""
    bottom = upward.start
    ticks = upward.ticks()
    for tick, label in zip(ticks, tick_labels(ticks), strict=True):
        y = upward.place(tick)
        line(parent, ((across.start, y), (across.end, y)), "grid")
        text(parent, across.start - 6, y + 4, label, "end")
    ticks_across(parent, across, bottom)
    text(parent, across.start - 6, TOP - 3, words[1], "start", "axis")
    text(parent, across.end, bottom + 34, words[0], "end", "axis")


def ticks_across(parent: Element, across: PlotScale, bottom: float) -> None:
    line(parent, ((across.start, bottom), (across.end, bottom)), "frame")
    ticks = across.ticks()
    for tick, label in zip(ticks, tick_labels(ticks), strict=True):
        x = across.place(tick)
        line(parent, ((x, bottom), (x, bottom + 4)), "frame")
        text(parent, x, bottom + 18, label, "middle")


def as_text(root: Element) -> str:
    return tostring(root, encoding="unicode", short_empty_elements=False)
