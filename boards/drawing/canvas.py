"""A picture in pixels from the top left, on which the kinds of panels draw."""

from __future__ import annotations

import io
import math
from dataclasses import dataclass
from pathlib import Path

from matplotlib.axes import Axes
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.patches import FancyBboxPatch, Rectangle
from matplotlib.text import Text
from matplotlib.transforms import IdentityTransform
from PIL import Image, ImageColor

from boards.drawing import theme

DPI = 100
POINTS = 72 / DPI  # of one pixel
_PIXELS = IdentityTransform()
COLORS = 256
_FRAME, _DRAWING = -1, 1  # what is drawn first, and upon it


@dataclass(frozen=True, slots=True)
class Box:
    """A rectangle: left, top, width and height in pixels."""

    left: float
    top: float
    width: float
    height: float

    def inner(self, left: float, top: float, right: float, bottom: float) -> Box:
        """Return the box without these margins."""
        return Box(self.left + left, self.top + top, self.width - left - right, self.height - top - bottom)


class Canvas:
    """A figure of matplotlib with a coordinate system of pixels."""

    def __init__(self, width: int, height: int) -> None:
        self.width, self.height = width, height
        self._figure = Figure(figsize=(width / DPI, height / DPI), dpi=DPI, facecolor=theme.PAGE)
        self._canvas = FigureCanvasAgg(self._figure)

    def axes(self, box: Box) -> Axes:
        """Return axes that fill the box."""
        bottom = self.height - box.top - box.height
        place = (box.left / self.width, bottom / self.height, box.width / self.width, box.height / self.height)
        axes = self._figure.add_axes(place)
        axes.set_facecolor("none")
        axes.set_zorder(_DRAWING)
        return axes

    def frame(self, box: Box, fill: str, edge: str) -> None:
        """Draw a rectangle with round corners."""
        style = "round,pad=0,rounding_size=3"
        corner = (box.left, self.height - box.top - box.height)
        patch = FancyBboxPatch(
            corner, box.width, box.height, boxstyle=style, facecolor=fill, edgecolor=edge, lw=0.8, zorder=_FRAME
        )
        patch.set_transform(_PIXELS)
        self._figure.add_artist(patch)

    def rectangle(self, box: Box, fill: str) -> None:
        corner = (box.left, self.height - box.top - box.height)
        patch = Rectangle(corner, max(box.width, 0), box.height, facecolor=fill, edgecolor="none")
        patch.set_transform(_PIXELS)
        self._figure.add_artist(patch)

    def line(self, left: float, top: float, right: float, fill: str, width: float = 1.0, style: str = "-") -> None:
        """Draw a horizontal line."""
        y = self.height - top
        artist = Line2D([left, right], [y, y], color=fill, lw=width, ls=style)
        artist.set_transform(_PIXELS)
        self._figure.add_artist(artist)

    def text(
        self, left: float, top: float, text: str, size: float, fill: str = theme.TEXT, *,
        align: str = "left", is_bold: bool = False, width: float | None = None,
    ) -> float:  # fmt: skip
        """Write a line whose middle is at `top`, shortened to a width. Return how wide it is."""
        artist = Text(left, self.height - top, _escaped(text), color=fill, ha=align, va="center_baseline")
        artist.set_fontsize(size * POINTS)
        artist.set_fontweight("bold" if is_bold else "normal")
        artist.set_transform(_PIXELS)
        self._figure.add_artist(artist)
        while width is not None and len(text) > 1 and self._extent(artist) > width:
            text = text[:-1].rstrip()
            artist.set_text(_escaped(f"{text}…"))
        return self._extent(artist)

    def width_of(self, text: str, size: float, *, is_bold: bool = False) -> float:
        """Return how wide a line would be."""
        artist = Text(0, 0, _escaped(text), figure=self._figure)
        artist.set_fontsize(size * POINTS)
        artist.set_fontweight("bold" if is_bold else "normal")
        return self._extent(artist)

    def save(self, path: Path) -> None:
        """Write the picture as a PNG with a palette, which is a third of one with all colours."""
        raw = io.BytesIO()
        self._canvas.print_png(raw)  # type: ignore[no-untyped-call]
        picture = Image.open(raw).convert("RGB").quantize(COLORS, Image.Quantize.MAXCOVERAGE, dither=Image.Dither.NONE)
        _restore(picture, theme.PAGE, theme.PANEL)
        picture.save(path, optimize=True)

    def _extent(self, artist: Text) -> float:
        renderer = self._canvas.get_renderer()  # type: ignore[no-untyped-call]
        return float(artist.get_window_extent(renderer).width)


def _restore(picture: Image.Image, *colors: str) -> None:
    """Give large surfaces their own colours back, in place of the nearest ones of the palette."""
    palette = list(picture.getpalette() or ())
    for color in colors:
        exact = ImageColor.getrgb(color)[:3]
        place = min(range(len(palette) // 3), key=lambda each: math.dist(palette[3 * each : 3 * each + 3], exact))
        palette[3 * place : 3 * place + 3] = exact
    picture.putpalette(palette)


def _escaped(text: str) -> str:
    """Return text without the mark by which matplotlib would begin a formula."""
    return text.replace("$", r"\$")
