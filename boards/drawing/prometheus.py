"""The two questions of Prometheus' HTTP API that panels ask."""

from __future__ import annotations

import json
import urllib.error
import urllib.parse
import urllib.request
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

ANSWER_SECONDS = 20


class QueryError(Exception):
    """Prometheus has refused a query or has not answered."""


@dataclass(frozen=True, slots=True)
class Answer:
    """One series of an answer: its labels, and its samples as (time, value)."""

    labels: Mapping[str, str]
    samples: tuple[tuple[float, float], ...]


@dataclass(frozen=True, slots=True)
class Prometheus:
    """A server by its address, for example `http://127.0.0.1:9090`."""

    url: str

    def at(self, expression: str, time: float) -> list[Answer]:
        """Return what an expression is at a moment."""
        result = self._get("query", query=expression, time=f"{time:.3f}")
        return [Answer(each["metric"], (_sample(each["value"]),)) for each in result]

    def over(self, expression: str, start: float, end: float, step: float) -> list[Answer]:
        """Return what an expression is over a time range."""
        times = {"start": f"{start:.3f}", "end": f"{end:.3f}", "step": f"{step:g}"}
        result = self._get("query_range", query=expression, **times)
        return [Answer(each["metric"], tuple(map(_sample, each["values"]))) for each in result]

    def _get(self, path: str, **parameters: str) -> list[dict[str, Any]]:
        address = f"{self.url.rstrip('/')}/api/v1/{path}?{urllib.parse.urlencode(parameters)}"
        try:
            with urllib.request.urlopen(address, timeout=ANSWER_SECONDS) as response:  # noqa: S310
                data = json.load(response)["data"]
        except urllib.error.HTTPError as error:
            raise QueryError(f"{parameters['query']}: {error.read().decode()}") from error
        except OSError as error:
            raise QueryError(f"{self.url}: {error}") from error
        if data["resultType"] == "scalar":
            return [{"metric": {}, "value": data["result"]}]
        return list(data["result"])


def _sample(pair: list[Any]) -> tuple[float, float]:
    return float(pair[0]), float(pair[1])
