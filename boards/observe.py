"""`make observe`: a Prometheus that scrapes the operator of a cluster, and a page with pictures of the boards.

The page draws the boards each time it is loaded. Everything ends with Ctrl-C, and nothing is left behind.
"""

from __future__ import annotations

import re
import signal
import subprocess
import tempfile
import time
import urllib.request
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import IO, Any

import yaml

from boards.drawing.prometheus import Prometheus
from boards.page import serve

COMPONENTS = Path(__file__).parents[1] / "manifests" / "components"
SCRAPE_SECONDS = 5  # in place of the 30 of a ServiceMonitor, because a demo is over within minutes
START_SECONDS = 30
END_SECONDS = 10
PROXY_LINE = re.compile(r"127\.0\.0\.1:\d+")


class ObserveError(Exception):
    """The boards cannot be shown. The message says why."""


def observe(program: Path, port: int, prometheus_port: int) -> int:
    """Run until Ctrl-C. `program` is Prometheus' binary; KUBECONFIG names the cluster."""
    for number in (signal.SIGINT, signal.SIGTERM):  # a shell's background process ignores the first one otherwise
        signal.signal(number, _interrupt)
    with scraping(program, prometheus_port, alert_rules()) as server:
        print(f"Prometheus  {server.url}/metrics (API: {server.url}/api/v1)\nBoards      http://127.0.0.1:{port}/")
        print("Ctrl-C ends both.", flush=True)
        serve(server, port, SCRAPE_SECONDS)
    return 0


@contextmanager
def scraping(program: Path, port: int, rules: Mapping[str, Any]) -> Iterator[Prometheus]:
    """Run a Prometheus that scrapes the operator of a cluster and evaluates alert rules."""
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="hposweep-observe-")))
        api = stack.enter_context(_proxy())
        (folder / "rules.yaml").write_text(yaml.safe_dump(dict(rules)))
        (folder / "prometheus.yaml").write_text(yaml.safe_dump(configuration(api)))
        url = f"http://127.0.0.1:{port}"
        stack.enter_context(_prometheus(program, folder, url))
        yield Prometheus(url)


def alert_rules() -> dict[str, Any]:
    """Return the alert rules with the chart's thresholds."""
    return dict(_resource("alerts", "prometheusrule")["spec"])


def _interrupt(*_: object) -> None:
    """End as with Ctrl-C."""
    raise KeyboardInterrupt


def configuration(api: str) -> dict[str, Any]:
    """Return Prometheus' configuration."""
    interval = f"{SCRAPE_SECONDS}s"
    times = {"scrape_interval": interval, "scrape_timeout": interval, "evaluation_interval": interval}
    jobs = [scrape_job() | {"static_configs": [{"targets": [api]}]}]
    return {"global": times, "rule_files": ["rules.yaml"], "scrape_configs": jobs}


def scrape_job() -> dict[str, Any]:
    """Return the job without its target: the ServiceMonitor's settings, and the Service through the API server."""
    monitor = _resource("service-monitor", "service-monitor")
    (endpoint,) = monitor["spec"]["endpoints"]
    (namespace,) = monitor["spec"]["namespaceSelector"]["matchNames"]
    service = f"/api/v1/namespaces/{namespace}/services/hposweep-operator:{endpoint['port']}/proxy"
    return {
        "job_name": "hposweep-operator",
        "honor_labels": endpoint["honorLabels"],
        "metrics_path": service + endpoint["path"],
    }


def _resource(component: str, name: str) -> dict[str, Any]:
    return dict(yaml.safe_load((COMPONENTS / component / f"{name}.yaml").read_text()))


@contextmanager
def _proxy() -> Iterator[str]:
    """Run `kubectl proxy` on a free port and yield its address."""
    command = ["kubectl", "proxy", "--port=0"]
    with _started(command, subprocess.PIPE) as process:
        line = process.stdout.readline() if process.stdout is not None else ""
        match = PROXY_LINE.search(line)
        if match is None:
            raise ObserveError(f"kubectl proxy does not run: {line.strip()}. Set KUBECONFIG, or run make demo.")
        yield match[0]


@contextmanager
def _prometheus(program: Path, folder: Path, url: str) -> Iterator[None]:
    command = [
        str(program),
        f"--config.file={folder / 'prometheus.yaml'}",
        f"--storage.tsdb.path={folder / 'data'}",
        f"--web.listen-address={url.removeprefix('http://')}",
    ]
    log = folder / "prometheus.log"
    with log.open("w") as stream, _started(command, stream) as process:
        deadline = time.monotonic() + START_SECONDS
        while not _is_ready(url):
            if process.poll() is not None or time.monotonic() > deadline:
                raise ObserveError(f"Prometheus does not start: {log.read_text()[-500:]}")
            time.sleep(0.2)
        yield


@contextmanager
def _started(command: list[str], output: int | IO[str]) -> Iterator[subprocess.Popen[str]]:
    """Run a program as long as the block, and kill it where it ignores SIGTERM."""
    with subprocess.Popen(command, stdout=output, stderr=subprocess.STDOUT, text=True) as process:
        try:
            yield process
        finally:
            process.terminate()
            try:
                process.wait(END_SECONDS)
            except subprocess.TimeoutExpired:
                process.kill()


def _is_ready(url: str) -> bool:
    try:
        with urllib.request.urlopen(f"{url}/-/ready", timeout=1) as answer:  # noqa: S310
            return bool(answer.status == 200)
    except OSError:
        return False
