"""A real Prometheus that scrapes the installed operator and evaluates the alert rules. `test_prometheus` uses it."""

from __future__ import annotations

import json
import os
import re
import signal
import socket
import subprocess
import urllib.error
import urllib.parse
import urllib.request
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

import yaml
from kubernetes.client import ApiClient

from boards.observe import scrape_job
from tests.cluster import binaries, layout
from tests.cluster.steps import Steps
from tests.contract.conftest import ROOT
from tests.e2e.installation import SERVICE
from tests.e2e.patience import until

Json = dict[str, Any]

RULES = ROOT / "manifests" / "base" / "alerts" / "rules.yaml"
VALUES = ROOT / "helm" / "values.yaml"
START_SECONDS = 120
ANSWER_SECONDS = 10


@dataclass(frozen=True, slots=True)
class Prometheus:
    """The running server: its address, its folder and its process."""

    url: str
    folder: Path
    pid: int

    def get(self, path: str, **parameters: str) -> Any:
        """Return the data of an answer of the HTTP API. Raises AssertionError with its sentence if it is an error."""
        query = urllib.parse.urlencode(parameters)
        try:
            with urllib.request.urlopen(f"{self.url}/api/v1/{path}?{query}", timeout=ANSWER_SECONDS) as answer:  # noqa: S310
                body = json.load(answer)
        except urllib.error.HTTPError as error:
            raise AssertionError(f"{path} {parameters}: {error.read().decode()}") from error
        assert body["status"] == "success", body
        return body["data"]

    def query(self, expression: str) -> list[Json]:
        """Return the vector that an expression has now."""
        return list(self.get("query", query=expression)["result"])

    def firing(self) -> set[tuple[str, str]]:
        """Return name and sweep of each alert that fires now; the sweep is empty for one about the operator."""
        return set(self.firing_since())

    def firing_since(self) -> dict[tuple[str, str], datetime]:
        """Return when each alert that fires now began to; the keys are those of `firing`."""
        return {
            (alert["labels"]["alertname"], alert["labels"].get("hposweep", "")): datetime.fromisoformat(
                re.sub(r"(\.\d{6})\d*", r"\1", alert["activeAt"])
            )
            for alert in self.get("alerts")["alerts"]
            if alert["state"] == "firing"
        }

    def scrape_the_operator(self, client: ApiClient) -> None:
        """Scrape the operator as the ServiceMonitor says from now on."""
        (self.folder / "prometheus.yaml").write_text(yaml.safe_dump(_configuration(client)))
        os.kill(self.pid, signal.SIGHUP)


def program(name: str) -> Path:
    """Return the path of prometheus or promtool, built first if it is not there."""
    return binaries.ensure(layout.of(ROOT).cache, Steps(), [binaries.PROMETHEUS])[name]


def alert_rules(thresholds: Mapping[str, float]) -> Json:
    """Return the rules with the chart's thresholds and these instead, each firing as soon as its expression holds."""
    text, defaults = RULES.read_text(), yaml.safe_load(VALUES.read_text())["alerts"]["thresholds"]
    assert set(thresholds) <= set(defaults)
    for name, value in {**defaults, **thresholds}.items():
        text = text.replace(f"${{{name}}}", str(value))
    rules: Json = yaml.safe_load(text)
    for rule in (rule for group in rules["groups"] for rule in group["rules"]):
        rule.pop("for", None)
    return rules


@contextmanager
def started(
    client: ApiClient, folder: Path, rules: Json, exporters: Sequence[str] = (), *, is_blind: bool = False
) -> Iterator[Prometheus]:
    """Start it with these rules, scraping exporters, and the operator as the ServiceMonitor says.

    With `is_blind`, it asks the operator for a page that does not exist, until `scrape_the_operator`.
    """
    (folder / "rules.yaml").write_text(yaml.safe_dump(rules))
    (folder / "prometheus.yaml").write_text(yaml.safe_dump(_configuration(client, exporters, is_blind=is_blind)))
    address = f"127.0.0.1:{_free_port()}"
    command = [
        str(program("prometheus")),
        f"--config.file={folder / 'prometheus.yaml'}",
        f"--storage.tsdb.path={folder / 'data'}",
        f"--web.listen-address={address}",
    ]
    with (folder / "prometheus.log").open("w") as log, subprocess.Popen(command, stdout=log, stderr=log) as process:
        server = Prometheus(f"http://{address}", folder, process.pid)
        try:
            until(lambda: _is_ready(server), seconds=START_SECONDS, what="Prometheus is ready")
            yield server
        finally:
            process.terminate()
            process.wait(ANSWER_SECONDS)


def _configuration(client: ApiClient, exporters: Sequence[str] = (), *, is_blind: bool = False) -> Json:
    connection = client.configuration
    scheme, _, host = connection.host.partition("://")
    job = {
        **scrape_job(),
        **({"metrics_path": f"{SERVICE}/nothing"} if is_blind else {}),
        "scheme": scheme,
        "static_configs": [{"targets": [host]}],
        "tls_config": {
            "ca_file": connection.ssl_ca_cert,
            "cert_file": connection.cert_file,
            "key_file": connection.key_file,
        },
    }
    others = [
        {"job_name": target, "honor_labels": True, "static_configs": [{"targets": [target]}]} for target in exporters
    ]
    return {
        "global": {"scrape_interval": "1s", "scrape_timeout": "1s", "evaluation_interval": "1s"},
        "rule_files": ["rules.yaml"],
        "scrape_configs": [job, *others],
    }


def _is_ready(server: Prometheus) -> bool:
    try:
        with urllib.request.urlopen(f"{server.url}/-/ready", timeout=ANSWER_SECONDS) as answer:  # noqa: S310
            return bool(answer.status == 200)
    except OSError:
        return False


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
