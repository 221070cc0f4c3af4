"""The Grafana boards: current, valid, about metrics that exist, and alike in chart and manifests."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml

from boards.drawing import board as drawn
from boards.drawing.units import UNITS
from boards.generate import FOLDER, files
from boards.layout import COLUMNS, FLEET_UID, SWEEP_UID
from boards.panels import RUNBOOKS
from hposweep.telemetry.catalog import DEFINITIONS, SWEEP_DEFINITIONS
from hposweep.telemetry.definition import HISTOGRAM, SWEEP_LABELS
from tests.packaging.chart import template, template_arguments
from tests.packaging.checkout import ROOT
from tests.packaging.program import Program
from tests.packaging.test_alerts import names as alert_names

Json = dict[str, Any]

ENABLED = ("--set", "dashboards.enabled=true")
UIDS = ("hposweep-fleet", "hposweep-sweep")  # addresses of people's bookmarks: they never change
BUCKETS = ("_bucket", "_count", "_sum")
# What others expose, with the labels that the boards use: Prometheus, the client library, DCGM and kube-state-metrics.
FOREIGN = {
    "ALERTS": {"alertname", "alertstate", "severity", *SWEEP_LABELS},
    "process_resident_memory_bytes": {"job", "instance"},
    "process_cpu_seconds_total": {"job", "instance"},
    "DCGM_FI_DEV_GPU_UTIL": {"namespace", "pod", "gpu"},
    "DCGM_FI_DEV_FB_USED": {"namespace", "pod", "gpu"},
    "kube_pod_labels": {"namespace", "pod", "label_hposweep_dev_sweep"},
}
TARGET_LABELS = {"job", "instance"}
FUNCTIONS = {"sum", "max", "min", "count", "rate", "increase", "time", "vector", "histogram_quantile"}
WORDS = {"by", "on", "or", "and", "unless", "group_left", *FUNCTIONS}


def boards() -> list[drawn.Board]:
    return [drawn.read(path) for path in sorted(FOLDER.glob("*.json"))]


PANELS = [
    pytest.param(panel, id=f"{board.uid}-{panel.body['id']}-{panel.title}")
    for board in boards()
    for panel in board.panels
]


def expressions() -> Iterator[str]:
    for board in boards():
        for panel in board.panels:
            yield from (query.expression for query in panel.queries)


def evaluated(expression: str) -> str:
    """Return the expression with values in place of Grafana's variables."""
    return re.sub(r"\$\w+", lambda match: "4m" if match[0] == "$__rate_interval" else "x", expression)


def test_the_files_are_generated() -> None:
    for name, text in files().items():
        assert (FOLDER / name).read_text() == text, "run: python -m boards generate"
    assert {path.name for path in FOLDER.glob("*.json")} == set(files())


def test_the_addresses_are_fixed() -> None:
    assert tuple(board.uid for board in boards()) == UIDS == (FLEET_UID, SWEEP_UID)


@pytest.mark.parametrize("name", files())
def test_a_board_chooses_its_data_source_and_links_to_the_other(name: str) -> None:
    body = json.loads(files()[name])
    variables = {each["name"]: each["type"] for each in body["templating"]["list"]}
    expected = {"datasource": "datasource", "namespace": "query"}
    assert variables == (expected | {"sweep": "query"} if name.startswith(SWEEP_UID) else expected)
    (other,) = set(UIDS) - {body["uid"]}
    assert [link["url"].partition("?")[0] for link in body["links"]] == [f"/d/{other}"]
    assert {panel["datasource"]["uid"] for panel in body["panels"] if panel["type"] != "row"} == {"${datasource}"}
    text = json.dumps(body)
    assert set(re.findall(r"/d/(hposweep-\w+)", text)) <= set(UIDS)


@pytest.mark.parametrize("panel", PANELS)
def test_a_query_names_only_metrics_and_labels_that_exist(panel: drawn.Panel) -> None:
    assert panel.queries
    for query in panel.queries:
        metrics = set(re.findall(r"\b(?:hposweep_\w+|ALERTS|process_\w+|DCGM_\w+|kube_\w+)\b", query.expression))
        assert metrics
        labels = set.union(*map(labels_of, metrics))
        for metric, matchers in re.findall(r"\b([A-Za-z_]\w*)\{([^}]*)\}", query.expression):
            assert set(re.findall(r"(\w+)\s*=", matchers)) <= labels_of(metric), query.expression
        lists = re.findall(r"\b(?:by|on|group_left) \(([^)]*)\)", query.expression)
        named = {label.strip() for each in lists for label in each.split(",")} - {""}
        assert named <= labels, query.expression
        assert set(re.findall(r"\{\{(\w+)\}\}", query.legend)) <= labels, query.legend
        rest = re.sub(r"\{[^}]*\}|\[[^\]]*\]|\([\w, ]*\)", " ", query.expression)
        assert set(re.findall(r"\b[a-z_]{2,}\b", rest)) - metrics <= WORDS, "neither a metric nor a function"


def labels_of(metric: str) -> set[str]:
    """Return the labels that a series of a name has."""
    if metric in FOREIGN:
        return FOREIGN[metric]
    suffix = next((each for each in BUCKETS if metric.endswith(each)), "")
    definition = DEFINITIONS[metric.removesuffix(suffix)]
    assert (definition.kind == HISTOGRAM) == bool(suffix), f"{metric} is a {definition.kind}"
    own = {*definition.labels, *TARGET_LABELS, *({"le"} if suffix == "_bucket" else ())}
    return own | set(SWEEP_LABELS) if definition in SWEEP_DEFINITIONS else own


@pytest.mark.parametrize("panel", PANELS)
def test_a_panel_has_a_description_a_known_unit_and_existing_links(panel: drawn.Panel) -> None:
    assert re.fullmatch(r"[A-Z`][^\n]{15,}\.", panel.body["description"]), panel.body["description"]
    overrides = panel.body["fieldConfig"]["overrides"]
    units = [each["value"] for override in overrides for each in override["properties"] if each["id"] == "unit"]
    assert {panel.body["fieldConfig"]["defaults"]["unit"], *units} <= set(UNITS)
    for link in panel.body["links"]:
        assert link["url"].removeprefix(f"{RUNBOOKS}/").removesuffix(".md") in alert_names()
    for page in re.findall(r"docs/[\w/-]+\.md", panel.body["description"]):
        assert (ROOT / page).exists(), page


def test_every_alert_is_linked_from_a_panel_whose_subject_it_is() -> None:
    links = {link["url"] for board in boards() for panel in board.panels for link in panel.body["links"]}
    assert links == {f"{RUNBOOKS}/{name}.md" for name in alert_names()}


@pytest.mark.parametrize("board", boards(), ids=lambda board: board.uid)
def test_panels_fill_the_grid_and_do_not_overlap(board: drawn.Board) -> None:
    cells: dict[tuple[int, int], str] = {}
    for panel in board.panels:
        left, top, width, height = panel.place
        if panel.is_hidden:
            assert left + width <= COLUMNS
            continue
        for place in ((x, y) for x in range(left, left + width) for y in range(top, top + height)):
            assert place[0] < COLUMNS
            assert cells.setdefault(place, panel.title) == panel.title, f"{panel.title} overlaps {cells[place]}"
    headings = {top for _, top, _ in board.headings}
    assert not {y for _, y in cells} & headings
    assert {y for _, y in cells} | headings == set(range(board.height))
    assert len(cells) == COLUMNS * (board.height - len(headings))


@pytest.mark.parametrize("board", boards(), ids=lambda board: board.uid)
def test_numbers_and_titles_of_panels_are_unique(board: drawn.Board) -> None:
    numbers = [panel.body["id"] for panel in board.panels]
    assert len(set(numbers)) == len(numbers)
    places = [(panel.row, panel.kind, panel.title) for panel in board.panels]
    assert len(set(places)) == len(places)


def test_every_expression_parses(promtool: Program, tmp_path: Path) -> None:
    rules = [{"record": f"board:{place}", "expr": evaluated(text)} for place, text in enumerate(expressions())]
    path = tmp_path / "rules.yaml"
    path.write_text(yaml.safe_dump({"groups": [{"name": "boards", "rules": rules}]}))
    assert f"SUCCESS: {len(rules)} rules found" in promtool("check", "rules", "--lint=none", str(path))


def test_the_chart_passes_its_values_on(helm: Program) -> None:
    sets = ["label=board", "labelValue=yes", "namespace=monitoring", "annotations.grafana_folder=HPOSweep"]
    arguments = [word for each in sets for word in ("--set", f"dashboards.{each}")]
    url = "https://wiki.example/runbooks"
    found = template(helm, *ENABLED, *arguments, "--set", f"alerts.runbookUrl={url}")
    maps = [each for each in found if each["kind"] == "ConfigMap"]
    assert [each["metadata"]["name"] for each in maps] == ["hposweep-fleet-board", "hposweep-sweep-board"]
    for each in maps:
        assert each["metadata"]["namespace"] == "monitoring"
        assert each["metadata"]["labels"]["board"] == "yes"
        assert each["metadata"]["annotations"] == {"grafana_folder": "HPOSweep"}
        ((name, text),) = each["data"].items()
        assert json.loads(text) == json.loads(files()[name].replace(RUNBOOKS, url))
        assert url in text


@pytest.mark.parametrize(
    ("value", "name"),
    [
        ("dashboards.label=a b", "label"),
        ("dashboards.labelValue=-", "labelValue"),
        ("dashboards.namespace=Monitoring", "namespace"),
        ("dashboards.folder=HPOSweep", "folder"),
    ],
)
def test_a_wrong_value_is_refused(helm: Program, value: str, name: str) -> None:
    assert name in helm.refusal(*template_arguments(*ENABLED, "--set-string", value))
