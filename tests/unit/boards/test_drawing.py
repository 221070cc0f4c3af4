"""The drawing of boards: numbers with units, settings of panels, tables, pictures, and the exit code."""

from __future__ import annotations

import math
from pathlib import Path
from typing import Any

import pytest
from PIL import Image, ImageColor

from boards.__main__ import main
from boards.drawing import draw, table, theme, units
from boards.drawing.board import Panel, Query, read
from boards.drawing.data import PanelData, Series
from boards.drawing.prometheus import Prometheus, QueryError
from boards.drawing.scope import Scope
from boards.generate import FOLDER
from tests.unit.boards.fake_prometheus import serving

SCOPE = Scope("vision", "digits", 1000.0, 4600.0, scrape_seconds=15)


@pytest.mark.parametrize(
    ("value", "unit", "text"),
    [
        (0.0, "s", "0 s"),
        (0.0123, "s", "12.3 ms"),
        (90.0, "s", "1.5 mins"),
        (7200.0, "s", "2 hours"),
        (200000.0, "s", "2.31 days"),
        (0.0625, "percentunit", "6.25 %"),
        (1.0, "percentunit", "100 %"),
        (40.0, "short", "40"),
        (12345.0, "short", "12.3 K"),
        (0.0222, "cps", "0.0222 c/s"),
        (3.0, "reqps", "3 req/s"),
        (94371840.0, "bytes", "90 MiB"),
        (0.987469, "none", "0.987"),
        (-12.5, "none", "-12.5"),
        (1e-7, "none", "1.00e-07"),
        (math.inf, "s", "∞"),
        (math.nan, "s", "-"),
    ],
)
def test_a_number_has_its_unit_and_three_digits(value: float, unit: str, text: str) -> None:
    assert units.number(value, unit) == text


def test_decimals_of_a_panel_override_the_three_digits() -> None:
    assert units.number(3.14159, "short", 0) == "3"


def test_variables_are_replaced_and_quoted() -> None:
    expression = SCOPE.expression('rate(x{namespace="$namespace", hposweep="${sweep}"}[$__rate_interval])')
    assert expression == 'rate(x{namespace="vision", hposweep="digits"}[60s])'
    hostile = Scope('"} or vector(1) or x{a="', "x", 0, 60)
    assert hostile.expression('x{namespace="$namespace"}') == r'x{namespace="\"} or vector(1) or x{a=\""}'


def test_a_picture_has_no_more_points_than_pixels() -> None:
    assert SCOPE.step == 15
    assert Scope("vision", "digits", 0, 86400, scrape_seconds=15).step == 288


def test_an_override_holds_for_its_series_or_query_only() -> None:
    panel = Panel(
        body(
            defaults={"unit": "s", "custom": {"lineWidth": 1}},
            overrides=[
                override("byName", "best", "unit", "none"),
                override("byFrameRefID", "B", "custom.lineWidth", 3),
            ],
        )
    )
    assert panel.settings("best", "A") == {"unit": "none", "custom.lineWidth": 1}
    assert panel.settings("other", "B") == {"unit": "s", "custom.lineWidth": 3}


def test_a_threshold_a_fixed_colour_and_a_word_colour_a_value() -> None:
    levels = {"thresholds": {"steps": [{"value": None, "color": "green"}, {"value": 0.05, "color": "red"}]}}
    assert theme.of_value(levels, 0.01) == theme.NAMES["green"]
    assert theme.of_value(levels, 0.05) == theme.NAMES["red"]
    fixed = levels | {"color": {"mode": "fixed", "fixedColor": "blue"}}
    assert theme.of_value(fixed, 1.0) == theme.NAMES["blue"]
    words = fixed | {"mappings": [{"options": {"1": {"text": "up", "color": "#123456"}}}]}
    assert theme.of_value(words, 1.0) == "#123456"
    assert theme.of_value(words, 0.0) == theme.NAMES["blue"]


def test_a_legend_names_labels_and_without_one_the_series_itself() -> None:
    labels = {"__name__": "up", "job": "x"}
    assert Query("A", "up", "of {{job}}{{absent}}", is_instant=True).name(labels) == "of x"
    assert Query("A", "up", "", is_instant=True).name(labels) == 'up{job="x"}'


def test_queries_of_a_table_are_merged_into_rows() -> None:
    steps = [
        {"id": "merge", "options": {}},
        {"id": "filterFieldsByName", "options": {"include": {"names": ["sweep", "state", "Value #B"]}}},
        {
            "id": "organize",
            "options": {
                "indexByName": {"sweep": 1, "state": 0, "Value #B": 2},
                "renameByName": {"sweep": "sweep", "state": "state", "Value #B": "trials"},
            },
        },
    ]
    first, second = Query("A", "a", "", is_instant=True), Query("B", "b", "", is_instant=True)
    targets = [{"refId": query.ref, "expr": query.expression} for query in (first, second)]
    panel = Panel(body(targets=targets, transformations=steps))
    series = (
        one(first, 1.0, sweep="v2", state="Complete"),
        one(first, 1.0, sweep="v3", state="Running"),
        one(second, 31.0, sweep="v3"),
    )
    names, rows = table.rows(PanelData(panel, series, {}))
    assert names == ["state", "sweep", "trials"]
    assert rows == [
        {"state": "Complete", "sweep": "v2"},
        {"state": "Running", "sweep": "v3", "trials": 31.0},
    ]


def series_for(query: str) -> list[tuple[dict[str, str], Any]]:
    """Answer every query with two series that have all labels of the boards."""
    names = ("state", "tier", "objective", "class", "condition", "status", "reason", "severity", "verdict", "hposweep")
    more = (
        "namespace",
        "database",
        "verb",
        "code",
        "result",
        "resource",
        "version",
        "budget",
        "decision",
        "pod",
        "gpu",
        "use",
        "currency",
    )
    labels = [{name: f"{name}-{place}" for name in (*names, *more)} for place in range(2)]
    bounds = ["1.0", "+Inf"]
    return [
        ({**each, "le": bound, "alertname": "HPOSweepFailed"}, lambda time, place=place: 1 + place + time % 600 / 600)
        for place, (each, bound) in enumerate(zip(labels, bounds, strict=True))
    ]


def test_both_boards_are_drawn_at_their_size(tmp_path: Path) -> None:
    with serving(series_for) as url:
        found = draw.answers(Prometheus(url), SCOPE, with_collapsed=True)
    assert draw.is_complete(found)
    assert draw.table(found).endswith("every panel has data")
    for path, (board, _) in zip(draw.draw(found, SCOPE, tmp_path), found, strict=True):
        picture = Image.open(path)
        assert picture.width == 1280
        assert picture.height > 33 * board.height
        colors = picture.convert("RGB").getcolors(maxcolors=100_000) or []
        drawn = {color for _, color in colors}
        assert len(drawn) > 20, "only frames were drawn"
        assert {ImageColor.getrgb(theme.PAGE), ImageColor.getrgb(theme.PANEL)} <= drawn


@pytest.mark.parametrize(("with_data", "code"), [(True, 0), (False, 1)])
def test_the_exit_code_says_whether_every_panel_has_data(
    with_data: bool, code: int, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    with serving(series_for if with_data else lambda query: []) as url:
        arguments = ["--prometheus", url, "--namespace", "a", "--sweep", "b", "--out", str(tmp_path), "--end", "4600"]
        assert main(["draw", *arguments]) == code
    printed = capsys.readouterr().out
    assert ("no data: hposweep-sweep: State" in printed) != with_data
    assert sorted(path.name for path in tmp_path.iterdir()) == ["hposweep-fleet.png", "hposweep-sweep.png"]


def test_a_prometheus_that_does_not_answer_has_an_exit_code_of_its_own(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["draw", "--prometheus", "http://127.0.0.1:9", "--namespace", "a", "--sweep", "b"]) == 2
    assert "http://127.0.0.1:9" in capsys.readouterr().err
    with pytest.raises(QueryError):
        Prometheus("http://127.0.0.1:9").at("up", 0.0)


def test_every_kind_and_unit_of_the_boards_can_be_drawn() -> None:
    kinds = {panel.kind for path in FOLDER.glob("*.json") for panel in read(path).panels}
    assert kinds == {"stat", "timeseries", "bargauge", "table", "heatmap"}


def body(defaults: Any = None, overrides: Any = (), **more: Any) -> dict[str, Any]:
    return {"title": "a panel", "fieldConfig": {"defaults": defaults or {}, "overrides": list(overrides)}, **more}


def override(matcher: str, of: str, name: str, value: Any) -> dict[str, Any]:
    return {"matcher": {"id": matcher, "options": of}, "properties": [{"id": name, "value": value}]}


def one(query: Query, value: float, **labels: str) -> Series:
    return Series(query, "", labels, ((0.0, value),))
