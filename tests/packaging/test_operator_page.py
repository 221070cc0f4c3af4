"""The reference of the operator agrees with its settings, its routes, its log and the chart."""

from __future__ import annotations

import json
import logging
import re
import sys
from typing import Any, get_args

import yaml
from prometheus_client import CollectorRegistry

from hposweep.model.plan import Action
from hposweep.settings import Settings
from hposweep.telemetry.exposition import Exposition
from hposweep.telemetry.http import HttpServer
from hposweep.telemetry.logs import JsonFormatter
from hposweep.telemetry.sweeps import SweepMetrics
from tests.documents import ROOT

PAGE = (ROOT / "docs/reference/operator.md").read_text()
FROM_THE_ENVIRONMENT = (
    *("watch_namespaces", "poll_seconds", "http_port", "log_level", "gpu_weights"),
    *("metrics_labels", "metrics_ended_seconds", "notify_hosts", "allowed_pods", "database_hosts", "analysis_image"),
)


class RecordedEnvironment(dict[str, str]):
    """An empty environment that remembers which variables were read."""

    def __init__(self) -> None:
        super().__init__()
        self.names: list[str] = []

    def get(self, name: str, default: Any = None) -> Any:
        self.names.append(name)
        return default


def rows(title: str) -> dict[str, str]:
    """Return the first and second cell of each row of a section's tables, up to its first subsection."""
    text = re.split(r"^##+ ", PAGE.partition(f"\n## {title}\n")[2], maxsplit=1, flags=re.MULTILINE)[0]
    return dict(re.findall(r"^\| `([\w/]+)` \| ([^|]+) \|", text, re.MULTILINE))


def test_every_environment_variable_is_on_the_page_with_its_default() -> None:
    environment, default = RecordedEnvironment(), Settings()
    Settings.from_environment(environment)
    documented = {name: value for name, value in rows("Environment variables").items() if name.isupper()}
    assert sorted(documented) == sorted(environment.names)
    assert documented["HPOSWEEP_POLL_SECONDS"] == f"{default.poll_seconds:g}"
    assert documented["HPOSWEEP_HTTP_PORT"] == str(default.http_port)
    assert documented["HPOSWEEP_METRICS_ENDED_SECONDS"] == f"{default.metrics_ended_seconds:g}"
    assert documented["HPOSWEEP_LOG_LEVEL"] == default.log_level
    assert default.watch_namespaces == ()


def test_the_chart_takes_the_environment_variables_that_the_operator_reads_and_no_other() -> None:
    environment = RecordedEnvironment()
    Settings.from_environment(environment)
    chart = json.loads((ROOT / "helm/values.schema.json").read_text())
    (pattern,) = chart["properties"]["env"]["patternProperties"]
    names = re.fullmatch(r"\^HPOSWEEP_\(([A-Z_|]+)\)\$", pattern)
    assert names is not None
    assert [f"HPOSWEEP_{name}" for name in names[1].split("|")] == sorted(environment.names)


def test_every_fixed_interval_is_on_the_page_with_its_value() -> None:
    documented = {name: value for name, value in rows("Environment variables").items() if not name.isupper()}
    fixed = {name: getattr(Settings(), name) for name in Settings.__slots__ if name not in FROM_THE_ENVIRONMENT}
    assert documented == {name: f"{value:g}" for name, value in fixed.items()}


def test_every_route_is_on_the_page() -> None:
    resources = HttpServer(
        Exposition(CollectorRegistry(), SweepMetrics()), lambda: True
    )._application.router.resources()
    assert sorted(rows("Ports")) == sorted(resource.canonical for resource in resources)


def test_the_port_of_the_manifests_is_the_default_one() -> None:
    deployment = yaml.safe_load((ROOT / "manifests/base/manager/deployment.yaml").read_text())
    (container,) = deployment["spec"]["template"]["spec"]["containers"]
    assert [port["containerPort"] for port in container["ports"]] == [Settings().http_port]


def test_every_field_of_the_log_is_on_the_page() -> None:
    try:
        raise ValueError("for its traceback")
    except ValueError:
        record = logging.LogRecord("hposweep", logging.ERROR, __file__, 1, "a sentence", None, sys.exc_info())
    assert sorted(rows("Log")) == sorted(json.loads(JsonFormatter().format(record)))


def test_the_page_lists_every_action_that_the_log_names() -> None:
    row = next(line for line in PAGE.splitlines() if line.startswith("| `action` |"))
    assert re.findall(r"`(\w+)`", row.split("|")[3]) == [action.__name__ for action in get_args(Action)]
