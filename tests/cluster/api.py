"""The few requests that starting and watching the cluster need, as the administrator, without any client library."""

from __future__ import annotations

import http.client
import json
import ssl
from typing import Any

from tests.cluster.error import ClusterError
from tests.cluster.layout import API_PORT, Layout

TIMEOUT_SECONDS = 5


def ready(layout: Layout) -> bool:
    try:
        return _ask(layout, "GET", "/readyz")[0] == http.client.OK
    except OSError:
        return False


def get(layout: Layout, path: str) -> Any | None:
    """Return the object, or None when there is none."""
    status, text = _answer(layout, "GET", path)
    if status == http.client.NOT_FOUND:
        return None
    return _checked(status, text, f"GET {path}")


def patch(layout: Layout, path: str, change: dict[str, Any]) -> None:
    """Merge the change into the object."""
    status, text = _answer(layout, "PATCH", path, json.dumps(change))
    _checked(status, text, f"PATCH {path}")


def _checked(status: int, text: str, request: str) -> Any:
    if status != http.client.OK:
        raise ClusterError(f"the API server answered {request} with {status}: {text[:300]}")
    return json.loads(text)


def _answer(layout: Layout, method: str, path: str, body: str | None = None) -> tuple[int, str]:
    try:
        return _ask(layout, method, path, body)
    except OSError as error:
        raise ClusterError(f"the API server at {layout.api_address}:{API_PORT} cannot be reached: {error}") from error


def _ask(layout: Layout, method: str, path: str, body: str | None = None) -> tuple[int, str]:
    pki = layout.pki
    context = ssl.create_default_context(cafile=str(pki / "ca.crt"))
    context.load_cert_chain(str(pki / "admin.crt"), str(pki / "admin.key"))
    connection = http.client.HTTPSConnection(layout.api_address, API_PORT, timeout=TIMEOUT_SECONDS, context=context)
    try:
        connection.request(method, path, body, {"Content-Type": "application/merge-patch+json"} if body else {})
        answer = connection.getresponse()
        return answer.status, answer.read().decode()
    finally:
        connection.close()
