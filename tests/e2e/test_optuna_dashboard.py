"""optuna-dashboard as a component of the chart beside a real sweep: on, read, refused to change it, and off again."""

from __future__ import annotations

import http.client
import json
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import pytest

from tests.contract.apiserver import ApiServer
from tests.e2e.figures import Figures
from tests.e2e.installation import NAMESPACE
from tests.e2e.patience import until
from tests.e2e.place import Place, make_secret
from tests.e2e.postgres import Postgres
from tests.e2e.release import Release

pytestmark = [pytest.mark.alone, pytest.mark.timeout(420)]

Json = dict[str, Any]

NAME = "hposweep-optuna-dashboard"
SECRET = "dashboard-database"
ANSWER_SECONDS = 30
GONE_SECONDS = 60
CANNOT_CONNECT = "cannot connect"
# What a pod of another namespace gets for reading and for deleting; the cluster's network decides which of the two.
OUTCOMES = {
    CANNOT_CONNECT: "the network enforces policies",
    "200 403": "the network of this cluster enforces no policies",
}
VISITOR = """
import sys, urllib.error, urllib.request

def status(method, path):
    request = urllib.request.Request(sys.argv[1] + path, method=method)
    try:
        with urllib.request.urlopen(request, timeout=5) as answer:
            return answer.status
    except urllib.error.HTTPError as error:
        return error.code

try:
    print(status("GET", "/api/studies"), status("DELETE", "/api/studies/1"))
except OSError:
    print("cannot connect")
"""


@dataclass(frozen=True, slots=True)
class Page:
    """The dashboard at a port that kubectl forwards."""

    port: int

    def ask(self, method: str, path: str) -> tuple[int, str]:
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=ANSWER_SECONDS)
        try:
            connection.request(method, path)
            answer = connection.getresponse()
            return answer.status, answer.read().decode()
        finally:
            connection.close()

    def read(self, path: str) -> Any:
        status, body = self.ask("GET", path)
        assert status == 200, body
        return json.loads(body)


@contextmanager
def forwarded() -> Iterator[Page]:
    """Open the page as the guide says."""
    command = ["kubectl", "port-forward", "-n", NAMESPACE, f"service/{NAME}", ":8080"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as forward:
        try:
            assert forward.stdout is not None
            line = forward.stdout.readline()
            assert "->" in line, f"kubectl port-forward printed {line!r}"
            yield Page(int(line.split(" -> ")[0].rpartition(":")[2]))
        finally:
            forward.terminate()


@pytest.fixture
def dashboard(place: Place, release: Release, server: ApiServer, postgres: Postgres) -> Iterator[Place]:
    """A sweep of four trials that has ended, and the dashboard of its database."""
    place.apply(place.sweep("shown", most=4))
    place.until_condition("shown", "Complete", reason="BudgetReached")
    make_secret(server, NAMESPACE, SECRET, uri=postgres.url(place.name))
    try:
        on = f"optunaDashboard.enabled=true,optunaDashboard.storage.secret={SECRET}"
        release.upgrade("--set", on)
        yield place
    finally:
        server.send("DELETE", f"/api/v1/namespaces/{NAMESPACE}/secrets/{SECRET}")


def visit(place: Place, server: ApiServer) -> str:
    """Return the output of a pod in the sweep's namespace that reads and deletes."""
    container = {
        "name": "visitor",
        "image": place.image,
        "command": ["python", "-c", VISITOR, f"http://{NAME}.{NAMESPACE}.svc:8080"],
        "securityContext": {"allowPrivilegeEscalation": False, "capabilities": {"drop": ["ALL"]}},
    }
    security = {"runAsNonRoot": True, "seccompProfile": {"type": "RuntimeDefault"}}
    spec = {"containers": [container], "restartPolicy": "Never", "securityContext": security}
    pods = f"/api/v1/namespaces/{place.name}/pods"
    server.send("POST", pods, {"metadata": {"name": "visitor"}, "spec": spec})
    until(
        lambda: server.send("GET", f"{pods}/visitor")["status"]["phase"],
        "Succeeded".__eq__,
        seconds=GONE_SECONDS,
        what="the visitor has asked",
    )
    return place("logs", "visitor").strip()


def test_the_component_shows_a_sweep_changes_nothing_and_leaves_nothing(
    dashboard: Place, release: Release, server: ApiServer, password: str, figures: Figures
) -> None:
    study = dashboard.study("shown")
    with forwarded() as page:
        (summary,) = page.read("/api/studies")["study_summaries"]
        assert summary["study_name"] == study
        path = f"/api/studies/{summary['study_id']}"
        best = page.read(path)["best_trials"][0]
        assert best["values"] == [dashboard.status("shown")["best"]["values"]["loss"]]
        assert page.ask("GET", "/dashboard")[1].startswith("<!DOCTYPE html>")
        status, reason = page.ask("DELETE", path)
        assert (status, "read-only" in reason) == (403, True)
    outcome = visit(dashboard, server)
    assert outcome in OUTCOMES
    assert dashboard.database.studies() == [study]
    assert_careful(release, password)
    release.upgrade("--set", "optunaDashboard.enabled=false")
    until(
        lambda: [name for name in release.objects() if NAME in name],
        lambda names: not names,
        seconds=GONE_SECONDS,
        what="the component is gone",
    )
    figures.tell(f"optuna-dashboard: best of {study} is {best['values'][0]:g}; {OUTCOMES[outcome]} ({outcome})")


def assert_careful(release: Release, password: str) -> None:
    """Check the running pod: no token, no URL in its object and log, nothing writable but /tmp."""
    kubectl = release.installation.kubectl
    selector = ("-n", NAMESPACE, "-l", "app.kubernetes.io/component=optuna-dashboard")
    text = kubectl("get", "pods", *selector, "-o", "json")
    (pod,) = json.loads(text)["items"]
    assert [volume for volume in pod["spec"]["volumes"] if "emptyDir" not in volume] == []
    log = kubectl("logs", *selector)
    assert "read-only" in log
    assert password not in text + log
