"""What a run has shown: every status that was read, the metrics of each scrape, and the output of commands."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

_SAMPLE = re.compile(r"^(\w+)(?:\{(.*?)\})? (\S+)(?: \S+)?$")
_LABEL = re.compile(r'(\w+)="((?:[^"\\]|\\.)*)"')
_OF_EVERY_SERIES = ("namespace", "hposweep", "database")


@dataclass
class Evidence:
    """All that was read of one sweep, the oldest first."""

    namespace: str
    name: str
    bodies: list[Mapping[str, Any]] = field(default_factory=list)  # the sweep as the API server has it
    samples: dict[str, str] = field(default_factory=dict)  # the last value of a metric, by name
    outputs: dict[str, str] = field(default_factory=dict)  # the last line of a command, by verb

    def add_body(self, body: Mapping[str, Any]) -> None:
        if not self.bodies or self.bodies[-1] != body:
            self.bodies.append(body)

    def add_scrape(self, text: str) -> None:
        """Keep the samples of this sweep and of the operator; a series that has ended keeps its last value."""
        scrape: dict[str, str] = {}
        for line in text.splitlines():
            match = _SAMPLE.match(line)
            if match is None:
                continue
            name, labels, value = match[1], dict(_LABEL.findall(match[2] or "")), match[3]
            if (labels.get("namespace", self.namespace), labels.get("hposweep", self.name)) == self._identity:
                scrape.setdefault(name.removesuffix("_count"), _sample(labels, value))
        self.samples.update(scrape)

    @property
    def _identity(self) -> tuple[str, str]:
        return self.namespace, self.name

    def statuses(self) -> Iterable[Mapping[str, Any]]:
        """Yield the statuses, the newest first."""
        for body in reversed(self.bodies):
            yield body.get("status", {})

    def entries(self) -> list[Mapping[str, Any]]:
        """Return every entry of the history that a status had, by number."""
        entries = {
            entry["number"]: entry
            for body in self.bodies
            for entry in body.get("status", {}).get("history", {}).get("entries", ())
        }
        return [entries[number] for number in sorted(entries)]


def _sample(labels: Mapping[str, str], value: str) -> str:
    shown = ", ".join(f"{name}={text}" for name, text in labels.items() if name not in _OF_EVERY_SERIES)
    return f"{value} ({shown})" if shown else value
