"""The plot of a parameter: a cloud of trials for numbers, a strip for each choice. Called by `builder`. Pure."""

from __future__ import annotations

from collections.abc import Callable
from xml.etree.ElementTree import Element

from hposweep.analysis.points import ParameterPoints, TrialPoint
from hposweep.cli.analyze.section import printable
from hposweep.cli.report import svg
from hposweep.cli.report.document import Plot
from hposweep.text import count

HEIGHT, STRIP_HEIGHT = 220, 30
MIN_POINTS = 2
_GOLDEN = 0.618034  # spreads consecutive trials evenly, without random numbers


def parameter_plot(name: str, part: ParameterPoints) -> Plot | None:
    """Return the plot; None for fewer than two trials."""
    if len(part.points) < MIN_POINTS:
        return None
    drawing = _strips(name, part) if part.choices else _cloud(name, part)
    words = f"Each dot is a trial of {printable(part.parameter)}; large dots are of the elite."
    if len(part.points) < part.comparable:
        words += f" {len(part.points)} of {part.comparable} trials are drawn."
    if part.hidden_choices:
        words += f" {count(part.hidden_choices, 'less frequent choice')} left out."
    return Plot(drawing, words)


def _texts(part: ParameterPoints) -> tuple[str, str]:
    elite = sum(point.is_elite for point in part.points)
    return (
        f"{printable(part.objective)} by {printable(part.parameter)}",
        f"{count(len(part.points), 'trial')}, of which {elite} are of the elite.",
    )


def _cloud(name: str, part: ParameterPoints) -> str:
    root = svg.picture(name, HEIGHT, *_texts(part))
    across = svg.scale_of(
        (point.position for point in part.points), svg.LEFT, svg.WIDTH - svg.RIGHT, is_log=part.is_log
    )
    upward = svg.scale_of((point.value for point in part.points), HEIGHT - svg.BOTTOM, svg.TOP + 8)
    svg.axes(root, across, upward, (part.parameter, part.objective))
    _dots(root, part, lambda point: (across.place(point.position), upward.place(point.value)))
    return svg.as_text(root)


def _strips(name: str, part: ParameterPoints) -> str:
    """Return a row for each choice, with the value of the objective across."""
    bottom = svg.TOP + STRIP_HEIGHT * len(part.choices)
    root = svg.picture(name, bottom + svg.BOTTOM, *_texts(part))
    across = svg.scale_of((point.value for point in part.points), svg.NAMES, svg.WIDTH - svg.RIGHT)
    svg.ticks_across(root, across, bottom)
    svg.text(root, across.end, bottom + 34, part.objective, "end", "axis")
    for place, choice in enumerate(part.choices):
        svg.text(root, svg.NAMES - 10, svg.TOP + STRIP_HEIGHT * (place + 0.5) + 4, choice, "end")

    def place_of(point: TrialPoint) -> tuple[float, float]:
        spread = (point.number * _GOLDEN) % 1 - 0.5
        return across.place(point.value), round(svg.TOP + STRIP_HEIGHT * (point.position + 0.5 + 0.6 * spread), 1)

    _dots(root, part, place_of)
    return svg.as_text(root)


def _dots(root: Element, part: ParameterPoints, place_of: Callable[[TrialPoint], tuple[float, float]]) -> None:
    for is_elite, kind in ((False, "dot"), (True, "dot elite")):
        svg.dots(root, [place_of(point) for point in part.points if point.is_elite is is_elite], kind)
