"""A namespace as a user of sweeps has one: restricted pods, a Secret with a database URL, a ConfigMap with code.

The tests speak to it as people do (apply, patch, scale, delete) and read what people read.
"""

from __future__ import annotations

import base64
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from tests import builders
from tests.contract.apiserver import MERGE_PATCH, NOT_FOUND, ApiServer, RefusedError, Sweeps
from tests.contract.kubectl import Kubectl
from tests.e2e.patience import until
from tests.e2e.trials import Database

Json = dict[str, Any]

OBJECTIVES = Path(__file__).parent / "objectives"
CODE = "train-code"
SECRET = "optuna-db"
RESTRICTED = {"pod-security.kubernetes.io/enforce": "restricted"}
CONDITION_SECONDS = 150  # other tests run beside this one
GONE_SECONDS = 120
LEFT_SECONDS = 10  # within which no trial may be RUNNING after the last pod has gone


def make_namespace(server: ApiServer, name: str) -> None:
    server.send("POST", "/api/v1/namespaces", {"metadata": {"name": name, "labels": RESTRICTED}})


def make_secret(server: ApiServer, namespace: str, name: str, **values: str) -> None:
    data = {key: base64.b64encode(value.encode()).decode() for key, value in values.items()}
    server.send("POST", f"/api/v1/namespaces/{namespace}/secrets", {"metadata": {"name": name}, "data": data})


def make_config_map(server: ApiServer, namespace: str, name: str, data: Mapping[str, str]) -> None:
    body = {"metadata": {"name": name}, "data": dict(data)}
    server.send("POST", f"/api/v1/namespaces/{namespace}/configmaps", body)


def code() -> dict[str, str]:
    return {path.name: path.read_text() for path in OBJECTIVES.iterdir() if path.suffix in (".py", ".sh")}


@dataclass(frozen=True)
class Place:
    """One namespace, its database, and the sweeps in it."""

    server: ApiServer
    kubectl: Kubectl
    name: str
    image: str
    database: Database
    sweeps: Sweeps = field(init=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "sweeps", Sweeps(self.server, self.name))

    # --- what a user writes

    def sweep(
        self, name: str, *, python: str = "train:quadratic", seconds: float = 0.2, most: int = 10, replicas: int = 2,
        **spec: Any,
    ) -> Json:  # fmt: skip
        """A sweep that minimizes (x - 2)² in trials of some seconds; keywords replace blocks of the spec."""
        blocks: Json = {
            "study": builders.study(direction="Minimize", objective="loss"),
            "objective": self.objective(python, seconds=seconds),
            "workers": builders.workers(replicas, image=self.image),
            "trials": {"max": most},
            "analysis": {"disabled": True},  # it would take time and a pod of each test
        }
        return builders.sweep(name, self.name, **(blocks | spec))

    @staticmethod
    def objective(python: str, **fixed: Any) -> Json:
        return {"python": python, "fixed": fixed, "sourceRef": {"configMap": {"name": CODE}}}

    def apply(self, *sweeps: Json) -> None:
        for sweep in sweeps:
            self.kubectl("apply", "-f", "-", stdin=json.dumps(sweep))

    def patch(self, name: str, **spec: Any) -> None:
        self("patch", "hposweep", name, "--type", "merge", "-p", json.dumps({"spec": spec}))

    def __call__(self, *arguments: str) -> str:
        """Run kubectl in this namespace."""
        return self.kubectl("-n", self.name, *arguments)

    # --- what a user reads

    def study(self, name: str) -> str:
        return f"{self.name}.{name}"

    def status(self, name: str) -> Json:
        return dict(self.sweeps.read(name).get("status", {}))

    def conditions(self, name: str) -> dict[str, Json]:
        return {entry["type"]: entry for entry in self.status(name).get("conditions", [])}

    def until_condition(
        self, name: str, kind: str, status: str = "True", reason: str | None = None, seconds: float = CONDITION_SECONDS
    ) -> Json:
        """The condition, as soon as it has that status (and reason)."""

        def look() -> dict[str, Json]:
            return self.conditions(name)

        def holds(found: dict[str, Json]) -> bool:
            entry = found.get(kind, {})
            return entry.get("status") == status and reason in (None, entry.get("reason"))

        what = f"{kind} of {name} is {status}{f' with reason {reason}' if reason else ''}"
        return until(look, holds, seconds=seconds, what=what)[kind]

    def until_trials(self, name: str, *, seconds: float = CONDITION_SECONDS, **least: int) -> None:
        """Wait until the database has at least so many trials of each state."""
        until(
            lambda: self.database.counts(self.study(name)),
            lambda counts: all(counts[state] >= number for state, number in least.items()),
            seconds=seconds,
            what=f"{name} has at least {least} trials",
        )

    def pods(self, name: str) -> list[Json]:
        return self._children("/api/v1", "pods", name)

    def live_pods(self, name: str) -> list[Json]:
        return [pod for pod in self.pods(name) if pod["status"]["phase"] in ("Pending", "Running")]

    def running_pods(self, name: str) -> list[Json]:
        return [pod for pod in self.pods(name) if pod["status"]["phase"] == "Running"]

    def jobs(self, name: str) -> list[Json]:
        return self._children("/apis/batch/v1", "jobs", name)

    def events(self, name: str) -> list[Json]:
        found = self.server.send("GET", f"/api/v1/namespaces/{self.name}/events")["items"]
        return [event for event in found if event["involvedObject"]["name"] == name]

    def until_no_pod_is_left(self, name: str, seconds: float = GONE_SECONDS) -> None:
        """And then, that nothing is RUNNING in the database a moment later."""
        until(lambda: self.live_pods(name), lambda pods: not pods, seconds=seconds, what=f"the pods of {name} are gone")
        until(
            lambda: self.database.running(self.study(name)),
            lambda running: not running,
            seconds=LEFT_SECONDS,
            what=f"no trial of {name} is RUNNING after its last pod has gone",
        )

    # --- the end

    def delete(self, name: str, seconds: float = GONE_SECONDS) -> None:
        """Return when it is gone, finalizer and all."""
        self("delete", "hposweep", name, "--wait=false")
        until(lambda: self._exists(name), lambda exists: not exists, seconds=seconds, what=f"{name} is gone")

    def remove(self) -> None:
        """Everything; sweeps first, so that the operator can let go of them while their Secret still exists."""
        try:
            self.delete_all()
        finally:
            names = self.names()  # an operator that does not let go must not keep the namespace for ever
            for path in (f"{self.sweeps.path}/{name}" for name in names):
                self._free(path)
            for pod in (pod for name in names for pod in self.pods(name)):
                self._free(f"/api/v1/namespaces/{self.name}/pods/{pod['metadata']['name']}")
            self.server.send("DELETE", f"/api/v1/namespaces/{self.name}")

    def delete_all(self, seconds: float = GONE_SECONDS) -> None:
        if self.names():
            self("delete", "hposweep", "--all", "--wait=false")
            until(self.names, lambda left: not left, seconds=seconds, what="the sweeps are gone")

    def names(self) -> list[str]:
        return [sweep["metadata"]["name"] for sweep in self.sweeps.read_all()]

    def _free(self, path: str) -> None:
        self.server.send("PATCH", path, {"metadata": {"finalizers": None}}, content_type=MERGE_PATCH)

    def _exists(self, name: str) -> bool:
        try:
            self.sweeps.read(name)
        except RefusedError as error:
            if error.status == NOT_FOUND:
                return False
            raise
        return True

    def _children(self, group: str, plural: str, name: str) -> list[Json]:
        path = f"{group}/namespaces/{self.name}/{plural}"
        return list(self.server.send("GET", path, labelSelector=f"hposweep.dev/sweep={name}")["items"])
