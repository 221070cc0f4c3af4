"""A board's JSON as it is drawn: rows, panels, queries, and the settings that hold for one series or column."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

Json = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Query:
    """A query of a panel."""

    ref: str
    expression: str
    legend: str
    is_instant: bool

    def name(self, labels: Json) -> str:
        """Return the name that the legend gives to a series."""
        if not self.legend:
            inner = ", ".join(f'{name}="{value}"' for name, value in labels.items() if name != "__name__")
            return f"{labels.get('__name__', '')}{{{inner}}}" if inner else labels.get("__name__", "")
        return re.sub(r"\{\{\s*(\w+)\s*\}\}", lambda match: labels.get(match[1], ""), self.legend)


@dataclass(frozen=True, slots=True)
class Panel:
    """One panel. `body` is its JSON."""

    body: Json
    row: str = ""
    is_hidden: bool = False  # in a collapsed row

    @property
    def title(self) -> str:
        return str(self.body["title"])

    @property
    def kind(self) -> str:
        return str(self.body["type"])

    @property
    def queries(self) -> list[Query]:
        return [
            Query(each["refId"], each["expr"], each.get("legendFormat", ""), bool(each.get("instant")))
            for each in self.body.get("targets", [])
        ]

    @property
    def place(self) -> tuple[int, int, int, int]:
        """Return left, top, width and height on the grid."""
        grid = self.body["gridPos"]
        return grid["x"], grid["y"], grid["w"], grid["h"]

    @property
    def options(self) -> Json:
        return dict(self.body.get("options", {}))

    def settings(self, name: str, ref: str = "") -> Json:
        """Return the field settings of a series or column: the panel's own, and the overrides that match."""
        defaults = self.body["fieldConfig"]["defaults"]
        result = {key: value for key, value in defaults.items() if key != "custom"}
        result |= {f"custom.{key}": value for key, value in defaults.get("custom", {}).items()}
        for override in self.body["fieldConfig"].get("overrides", []):
            matcher = override["matcher"]
            if matcher["options"] == (name if matcher["id"] == "byName" else ref):
                result |= {setting["id"]: setting["value"] for setting in override["properties"]}
        return result


@dataclass(frozen=True, slots=True)
class Board:
    """A board: its title, its panels, and its headings as (title, row of the grid, number of hidden panels)."""

    uid: str
    title: str
    panels: tuple[Panel, ...]
    headings: tuple[tuple[str, int, int], ...]

    @property
    def height(self) -> int:
        """Return the rows of the grid that it fills."""
        panels = max((panel.place[1] + panel.place[3] for panel in self.panels if not panel.is_hidden), default=0)
        return max(panels, *(top + 1 for _, top, _ in self.headings)) if self.headings else panels


def read(path: Path) -> Board:
    """Return the board of a file."""
    body = json.loads(path.read_text())
    headings = [each for each in body["panels"] if each["type"] == "row"]
    places = tuple((each["title"], each["gridPos"]["y"], len(each.get("panels", []))) for each in headings)
    return Board(body["uid"], body["title"], tuple(_panels(body["panels"])), places)


def _panels(bodies: list[Json]) -> Iterator[Panel]:
    row = ""
    for body in bodies:
        if body["type"] != "row":
            yield Panel(body, row)
            continue
        row = body["title"]
        yield from (Panel(inner, row, is_hidden=True) for inner in body.get("panels", []))
