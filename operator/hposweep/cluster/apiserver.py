"""The Kubernetes API by path: JSON in, JSON out, every call counted. Used by `kubernetes` only.

Built on the official asynchronous client, without its generated models, because those validate strictly and would
refuse an object that a newer server has extended.
"""

from __future__ import annotations

import json
import time
from collections.abc import Mapping
from email.utils import parsedate_to_datetime
from typing import Any

import aiohttp
from kubernetes.aio.client import ApiClient
from kubernetes.aio.client.exceptions import ApiException

from hposweep.telemetry.metrics import OperatorMetrics

REQUEST_TIMEOUT_SECONDS = 15
MAX_RETRY_AFTER_SECONDS = 300.0  # of a pause that the server asks for
APPLY = "application/apply-patch+yaml"  # JSON is YAML
MERGE = "application/merge-patch+json"  # replaces the fields that it names
METADATA = "application/json;as=PartialObjectMetadata;g=meta.k8s.io;v=v1"  # to accept: an object without content
STRATEGIC_MERGE = "application/strategic-merge-patch+json"  # knows that conditions are a map by type


class ApiError(OSError):
    """An error of the server, or no answer. `code` is the HTTP status, 0 for no answer; the text is the server's.

    `retry_after_seconds`: for how long the server asks not to be asked again.
    """

    def __init__(self, code: int, message: str, retry_after_seconds: float = 0.0) -> None:
        super().__init__(message)
        self.code, self.message, self.retry_after_seconds = code, message, retry_after_seconds


class ApiServer:
    """One connection pool to one API server."""

    def __init__(self, client: ApiClient, metrics: OperatorMetrics) -> None:
        self._client, self._metrics = client, metrics
        self.ahead_seconds: float | None = None  # its clock against this machine's, in the last answer with a date

    async def request(
        self,
        verb: str,
        path: str,
        *,
        query: Mapping[str, str] | None = None,
        body: Any = None,
        content_type: str = "application/json",
        accept: str = "application/json",
    ) -> Any:
        """Send a request and return the decoded answer. Raises ApiError; the caller handles a code that it expects."""
        code, started = 0, time.monotonic()
        try:
            request = await self._client.param_serialize(
                verb,
                path,
                query_params=list((query or {}).items()),
                header_params={"Accept": accept, "Content-Type": content_type},
                body=body,
                auth_settings=["BearerToken"],
            )
            response = await self._client.call_api(*request, _request_timeout=REQUEST_TIMEOUT_SECONDS)
            text = await response.read()
            code = response.status
            self.ahead_seconds = _seconds_ahead(response.headers.get("Date"))
        except ApiException as error:
            code = error.status or 0
            pause = _retry_after_seconds(error.headers)
            raise ApiError(code, _sentence(error.body) or str(error.reason), pause) from None
        except (aiohttp.ClientError, TimeoutError) as error:
            raise ApiError(0, f"the Kubernetes API did not answer: {type(error).__name__}") from None
        finally:
            self._metrics.count_request(verb, path, code, time.monotonic() - started)
        if code >= 400:
            raise ApiError(code, _sentence(text) or f"HTTP {code}", _retry_after_seconds(response.headers))
        return json.loads(text)


def _seconds_ahead(date: str | None) -> float | None:
    """Return how far the date of an answer is ahead of now; None when it is none. A date has whole seconds."""
    try:
        return parsedate_to_datetime(date).timestamp() + 0.5 - time.time() if date else None
    except (TypeError, ValueError):
        return None


def _retry_after_seconds(headers: Mapping[str, str] | None) -> float:
    """Return the seconds of `Retry-After`, 0 without it. The API server writes no date there."""
    text = (headers or {}).get("Retry-After", "")
    return min(float(text), MAX_RETRY_AFTER_SECONDS) if text.isascii() and text.isdigit() else 0.0


def _sentence(body: str | bytes | None) -> str:
    try:
        return str(json.loads(body or "")["message"])
    except (ValueError, KeyError, TypeError):
        return ""
