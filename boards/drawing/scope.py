"""The values of a board's variables for one picture, put into its queries."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass

MAX_POINTS = 300  # of a line: more than a panel of a picture has pixels


@dataclass(frozen=True, slots=True)
class Scope:
    """Namespace, sweep and time range of a picture, and how often Prometheus scrapes. `.*` is every namespace."""

    namespace: str
    sweep: str
    start: float
    end: float
    scrape_seconds: float = 15.0

    @property
    def step(self) -> float:
        """Return the seconds between two points of a line."""
        return max(self.scrape_seconds, (self.end - self.start) / MAX_POINTS)

    def expression(self, text: str) -> str:
        """Return a query with the values of the variables."""
        window = max(self.step + self.scrape_seconds, 4 * self.scrape_seconds)  # as Grafana computes it
        values = {"namespace": _quoted(self.namespace), "sweep": _quoted(self.sweep)}
        values["__rate_interval"] = f"{window:.0f}s"
        return re.sub(r"\$\{?(\w+)\}?", lambda match: values[match[1]], text)


def _quoted(value: str) -> str:
    """Return a value as it stands between the quotes of PromQL."""
    return json.dumps(value)[1:-1]
