"""Where the API server keeps the objects of a namespace. Called by `kubernetes`.

Names are quoted, so that none leads to another path.
"""

from __future__ import annotations

from urllib.parse import quote

from hposweep.api.names import GROUP, PLURAL, VERSION


def sweeps(namespace: str) -> str:
    return f"/apis/{GROUP}/{VERSION}/namespaces/{_part(namespace)}/{PLURAL}"


def sweep(namespace: str, name: str) -> str:
    return f"{sweeps(namespace)}/{_part(name)}"


def config_maps(namespace: str) -> str:
    return f"/api/v1/namespaces/{_part(namespace)}/configmaps"


def pods(namespace: str) -> str:
    return f"/api/v1/namespaces/{_part(namespace)}/pods"


def jobs(namespace: str) -> str:
    return f"/apis/batch/v1/namespaces/{_part(namespace)}/jobs"


def _part(name: str) -> str:
    return quote(name, safe="")
