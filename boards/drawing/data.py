"""What Prometheus answers to the queries of one panel."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass

from boards.drawing.board import Panel, Query
from boards.drawing.prometheus import Prometheus
from boards.drawing.scope import Scope


@dataclass(frozen=True, slots=True)
class Series:
    """A series with the name that the legend gives it, and the query that it answers."""

    query: Query
    name: str
    labels: Mapping[str, str]
    samples: tuple[tuple[float, float], ...]

    @property
    def last(self) -> float:
        """Return the latest value that is a number."""
        return next((value for _, value in reversed(self.samples) if not math.isnan(value)), math.nan)


@dataclass(frozen=True, slots=True)
class PanelData:
    """All series of a panel, and the number of points that answer each query."""

    panel: Panel
    series: tuple[Series, ...]
    points: Mapping[str, int]

    @property
    def is_empty(self) -> bool:
        return not any(self.points.values())


def ask(panel: Panel, server: Prometheus, scope: Scope) -> PanelData:
    """Ask the queries of a panel. Raises QueryError."""
    series: list[Series] = []
    points: dict[str, int] = {}
    for query in panel.queries:
        expression = scope.expression(query.expression)
        if query.is_instant:
            answers = server.at(expression, scope.end)
        else:
            answers = server.over(expression, scope.start, scope.end, scope.step)
        lines = [Series(query, query.name(dict(each.labels)), each.labels, each.samples) for each in answers]
        points[query.ref] = sum(not math.isnan(value) for each in lines for _, value in each.samples)
        series.extend(lines)
    return PanelData(panel, tuple(series), points)
