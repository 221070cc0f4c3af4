"""A few words to talk to a real API server about sweeps, and to hear its refusals as plain sentences.

The contract tests use it in place of generated clients: what they assert is the server's own answer (a status, a
sentence, a table), so nothing must stand between the two.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from kubernetes.client import ApiClient

Json = dict[str, Any]

NOT_FOUND = 404

JSON = "application/json"
MERGE_PATCH = "application/merge-patch+json"
APPLY_PATCH = "application/apply-patch+yaml"
TABLE = "application/json;as=Table;v=v1;g=meta.k8s.io"


class RefusedError(Exception):
    """The API server said no; `str()` is its sentence."""

    def __init__(self, status: int, message: str) -> None:
        super().__init__(message)
        self.status = status
        self.message = message


@dataclass(frozen=True, slots=True)
class ApiServer:
    """Requests to one API server, as JSON."""

    client: ApiClient

    def send(
        self,
        method: str,
        path: str,
        body: Mapping[str, Any] | None = None,
        *,
        content_type: str = JSON,
        accept: str = JSON,
        **query: str,
    ) -> Json:
        """Return the answer, or raise RefusedError with the server's sentence."""
        request = self.client.param_serialize(
            method,
            f"{path}?{urlencode(query)}" if query else path,
            header_params={"Accept": accept, "Content-Type": content_type},
            body=body,
            auth_settings=["BearerToken"],
        )
        response = self.client.call_api(*request)
        answer: Json = json.loads(response.read())
        if response.status >= 300:
            raise RefusedError(response.status, str(answer.get("message", answer)))
        return answer


@dataclass(frozen=True, slots=True)
class Sweeps:
    """The sweeps of one namespace. Unknown fields are refused, as `kubectl apply` does."""

    server: ApiServer
    namespace: str

    @property
    def path(self) -> str:
        return f"/apis/hposweep.dev/v1alpha1/namespaces/{self.namespace}/hposweeps"

    def create(self, sweep: Json, *, dry_run: bool = False) -> Json:
        body = sweep | {"metadata": sweep["metadata"] | {"namespace": self.namespace}}
        return self.server.send("POST", self.path, body, fieldValidation="Strict", **_dry(dry_run))

    def read(self, name: str) -> Json:
        return self.server.send("GET", f"{self.path}/{name}")

    def read_all(self) -> list[Json]:
        return list(self.server.send("GET", self.path)["items"])

    def patch(self, name: str, spec: Json, *, dry_run: bool = False) -> Json:
        """Change some fields of the spec; null removes one."""
        query = {"fieldValidation": "Strict"} | _dry(dry_run)
        return self.server.send("PATCH", f"{self.path}/{name}", {"spec": spec}, content_type=MERGE_PATCH, **query)

    def apply_status(self, name: str, status: Json, *, manager: str, dry_run: bool = False, accept: str = JSON) -> Json:
        body = {
            "apiVersion": "hposweep.dev/v1alpha1",
            "kind": "HPOSweep",
            "metadata": {"name": name, "namespace": self.namespace},
            "status": status,
        }
        query = {"fieldManager": manager, "force": "true", "fieldValidation": "Strict"} | _dry(dry_run)
        return self.server.send(
            "PATCH", f"{self.path}/{name}/status", body, content_type=APPLY_PATCH, accept=accept, **query
        )

    def scale(self, name: str, replicas: int, *, dry_run: bool = False) -> Json:
        body = {"spec": {"replicas": replicas}}
        return self.server.send("PATCH", f"{self.path}/{name}/scale", body, content_type=MERGE_PATCH, **_dry(dry_run))


def _dry(dry_run: bool) -> dict[str, str]:
    return {"dryRun": "All"} if dry_run else {}
