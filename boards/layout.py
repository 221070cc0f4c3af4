"""Panels on Grafana's grid of 24 columns, and the settings that both boards share."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from grafana_foundation_sdk.builders import bargauge, dashboard, heatmap, stat, table, timeseries
from grafana_foundation_sdk.cog.encoder import JSONEncoder
from grafana_foundation_sdk.models import dashboard as models

from boards.panels import DATASOURCE

COLUMNS = 24
SWEEP_UID, FLEET_UID = "hposweep-sweep", "hposweep-fleet"
TAG = "hposweep"
Panel = stat.Panel | timeseries.Panel | table.Panel | bargauge.Panel | heatmap.Panel


@dataclass(frozen=True, slots=True)
class Row:
    """Panels side by side with their widths; they fill all columns. With a title, a heading stands above them."""

    height: int
    panels: Sequence[tuple[int, Panel]]
    title: str = ""
    is_collapsed: bool = False


def board(uid: str, title: str, description: str, variables: Sequence[Any], hours: int) -> dashboard.Dashboard:
    """Return an empty board of the last hours."""
    builder = (
        dashboard.Dashboard(title)
        .uid(uid)
        .description(description)
        .tags([TAG])
        .time(f"now-{hours}h", "now")
        .refresh("30s")
        .tooltip(models.DashboardCursorSync.CROSSHAIR)
        .timezone("browser")
        .with_variable(dashboard.DatasourceVariable("datasource").label("Prometheus").type("prometheus"))
    )
    for variable in variables:
        builder.with_variable(variable)
    return builder


def variable(name: str, query: str) -> dashboard.QueryVariable:
    """Return a variable whose values Prometheus lists."""
    return (
        dashboard.QueryVariable(name)
        .label(name.capitalize())
        .query(query)
        .datasource(DATASOURCE)
        .refresh(models.VariableRefresh.ON_TIME_RANGE_CHANGED)
        .sort(models.VariableSort.ALPHABETICAL_ASC)
    )


def link(title: str, uid: str, variables: str = "") -> dashboard.DashboardLink:
    """Return the link to the other board, with the time range."""
    return dashboard.DashboardLink(title).url(f"/d/{uid}{variables}").keep_time(True)


def text(builder: dashboard.Dashboard, rows: Sequence[Row]) -> str:
    """Return the JSON of a board with these rows below each other."""
    built = builder.build()
    built.panels = []
    top, number = 0, 0
    for row in rows:
        panels = []
        heading = bool(row.title)
        left = 0
        for width, panel in row.panels:
            number += 1
            resource = panel.build()
            resource.id_val = number
            resource.grid_pos = models.GridPos(h=row.height, w=width, x=left, y=top + heading)
            panels.append(resource)
            left += width
        if row.title:
            number += 1
            place = models.GridPos(h=1, w=COLUMNS, x=0, y=top)
            inner = panels if row.is_collapsed else []
            built.panels.append(
                models.RowPanel(
                    title=row.title, collapsed=row.is_collapsed, id_val=number, grid_pos=place, panels=inner
                )
            )
        if not row.is_collapsed:
            built.panels.extend(panels)
        top += heading + (0 if row.is_collapsed else row.height)
    return json.dumps(built, cls=JSONEncoder, indent=1, ensure_ascii=False) + "\n"
