"""The kinds of panels, with the settings that all panels of a kind share. The boards are made of them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, TypeVar

from grafana_foundation_sdk.builders import bargauge, common, dashboard, heatmap, prometheus, stat, table, timeseries
from grafana_foundation_sdk.builders.dashboard import ThresholdsConfig
from grafana_foundation_sdk.models import common as choices
from grafana_foundation_sdk.models import dashboard as models
from grafana_foundation_sdk.models import heatmap as heatmap_models
from grafana_foundation_sdk.models.prometheus import PromQueryFormat as Form

DATASOURCE = models.DataSourceRef(type_val="prometheus", uid="${datasource}")
RUNBOOKS = "https://hposweep.dev/docs/runbooks"  # the chart replaces it by `alerts.runbookUrl`
GREY = "#8e8e8e"
LEVEL = Sequence[tuple[float | None, str]]
AnyPanel = TypeVar("AnyPanel", stat.Panel, timeseries.Panel, table.Panel, bargauge.Panel, heatmap.Panel)


@dataclass(frozen=True, slots=True)
class Text:
    """What every panel has: a title, a description, its unit, and alerts whose runbooks it links to."""

    title: str
    description: str
    unit: str = "short"
    alerts: tuple[str, ...] = ()
    no_value: str = ""


def stat_panel(text: Text, queries: Mapping[str, str], levels: LEVEL = ((None, "blue"),)) -> stat.Panel:
    """Return the latest values as large numbers, each with its name where there are several."""
    panel = (
        _common(stat.Panel(), text, queries, is_instant=True)
        .reduce_options(_last())
        .graph_mode(choices.BigValueGraphMode.NONE)
        .color_mode(choices.BigValueColorMode.VALUE)
        .thresholds(_levels(levels))
    )
    mode = choices.BigValueTextMode.VALUE_AND_NAME if _has_names(queries) else choices.BigValueTextMode.VALUE
    return panel.text_mode(mode)


def word_panel(text: Text, queries: Mapping[str, str], levels: LEVEL = ((None, "blue"),)) -> stat.Panel:
    """Return the legend of the present series as a word. The levels of its value are its colours."""
    return stat_panel(text, queries, levels).text_mode(choices.BigValueTextMode.NAME)


def time_panel(text: Text, queries: Mapping[str, str], *, is_stacked: bool = False) -> timeseries.Panel:
    """Return lines over time, or areas upon each other."""
    panel = (
        _common(timeseries.Panel(), text, queries)
        .line_width(1 if is_stacked else 2)
        .fill_opacity(55 if is_stacked else 8)
        .show_points(choices.VisibilityMode.NEVER)
        .span_nulls(False)
        .legend(_legend())
        .tooltip(common.VizTooltipOptions().mode(choices.TooltipDisplayMode.MULTI))
    )
    if is_stacked:
        panel = panel.stacking(common.StackingConfig().mode(choices.StackingMode.NORMAL).group("A"))
    return panel


def bar_panel(text: Text, queries: Mapping[str, str], fill: str) -> bargauge.Panel:
    """Return one horizontal bar for each series, as of now."""
    return (
        _common(bargauge.Panel(), text, queries, is_instant=True)
        .reduce_options(_last())
        .orientation(choices.VizOrientation.HORIZONTAL)
        .display_mode(choices.BarGaugeDisplayMode.BASIC)
        .min(0)
        .color_scheme(_fixed(fill))
    )


def heat_panel(text: Text, buckets: str) -> heatmap.Panel:
    """Return how many observations fell into each bucket of a histogram, over time."""
    panel = _common(heatmap.Panel(), text, {buckets: "{{le}}"}, form=Form.HEATMAP)
    colors = heatmap_models.HeatmapColorOptions(
        mode=heatmap_models.HeatmapColorMode.SCHEME, scheme="Blues", steps=32, fill="blue", exponent=0.5
    )
    panel.build().options = heatmap_models.Options(
        calculate=False,
        color=colors,
        y_axis=heatmap_models.YAxisConfig(unit=text.unit, axis_placement=choices.AxisPlacement.LEFT),
        cell_values=heatmap_models.CellValues(unit="short"),
        legend=heatmap_models.HeatmapLegend(show=True),
        filter_values=heatmap_models.FilterValueRange(le=1e-9),
        tooltip=heatmap_models.HeatmapTooltip(mode=choices.TooltipDisplayMode.SINGLE),
    )
    return panel


def table_panel(text: Text, queries: Iterable[str], columns: Mapping[str, str]) -> table.Panel:
    """Return a table of the present series. `columns` are labels and `Value #A`, in order, with their headings."""
    panel = _common(table.Panel(), text, dict.fromkeys(queries, ""), is_instant=True, form=Form.TABLE)
    chosen = {"include": {"names": list(columns)}}
    order = {"indexByName": {name: place for place, name in enumerate(columns)}, "renameByName": dict(columns)}
    steps = [("merge", {}), ("filterFieldsByName", chosen), ("organize", order)]
    return panel.transformations([models.DataTransformerConfig(id_val=name, options=step) for name, step in steps])


def words(mapping: Mapping[str, tuple[str, str]]) -> list[models.ValueMapping]:
    """Return the words, with their colours, that stand in place of values."""
    results = {
        value: models.ValueMappingResult(text=text, color=color, index=place)
        for place, (value, (text, color)) in enumerate(mapping.items())
    }
    return [models.ValueMap(options=results)]


def option(name: str, value: Any) -> models.DynamicConfigValue:
    """Return one setting of an override."""
    return models.DynamicConfigValue(id_val=name, value=value)


def options(**settings: Any) -> list[models.DynamicConfigValue]:
    """Return the settings of an override; `custom__x` is `custom.x`."""
    return [option(name.replace("__", "."), value) for name, value in settings.items()]


def color(name: str) -> models.DynamicConfigValue:
    """Return the override of a series' colour."""
    return option("color", {"mode": "fixed", "fixedColor": name})


def colored(panel: AnyPanel, colors: Mapping[str, str]) -> AnyPanel:
    """Give each series of these names its colour."""
    for series, chosen in colors.items():
        panel.override_by_name(series, [color(chosen)])
    return panel


def runbook(alert: str) -> str:
    """Return the address of an alert's runbook."""
    return f"{RUNBOOKS}/{alert}.md"


def _common(
    panel: AnyPanel, text: Text, queries: Mapping[str, str], *, is_instant: bool = False, form: Form = Form.TIME_SERIES
) -> AnyPanel:
    panel.title(text.title).description(text.description).datasource(DATASOURCE).unit(text.unit)
    if text.no_value:
        panel.no_value(text.no_value)
    links = [(f"Runbook of {alert}", runbook(alert)) for alert in text.alerts]
    panel.links([dashboard.DashboardLink(title).url(url).target_blank(True) for title, url in links])
    for place, (expression, legend) in enumerate(queries.items()):
        query = prometheus.Dataquery().expr(expression).legend_format(legend).ref_id(chr(ord("A") + place)).format(form)
        panel.with_target(query.instant() if is_instant else query.range())
    return panel


def _has_names(queries: Mapping[str, str]) -> bool:
    return any(queries.values())


def _last() -> common.ReduceDataOptions:
    return common.ReduceDataOptions().calcs(["lastNotNull"]).values(False)


def _legend() -> common.VizLegendOptions:
    legend = common.VizLegendOptions().show_legend(True).placement(choices.LegendPlacement.BOTTOM)
    return legend.display_mode(choices.LegendDisplayMode.LIST)


def _fixed(name: str) -> dashboard.FieldColor:
    return dashboard.FieldColor().mode(models.FieldColorModeId.FIXED).fixed_color(name)


def _levels(levels: LEVEL) -> ThresholdsConfig:
    steps = [models.Threshold(value=value, color=name) for value, name in levels]
    return ThresholdsConfig().mode(models.ThresholdsMode.ABSOLUTE).steps(steps)
