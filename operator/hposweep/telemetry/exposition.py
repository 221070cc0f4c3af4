"""One scrape as text: the operator's metrics as the library encodes them, and the lines that `sweeps` keeps.

`http` calls it in a thread. The header of a metric comes from the library too, so that only samples of the sweeps are
formatted by this package.
"""

from __future__ import annotations

import gzip
import re
from collections.abc import Callable, Collection, Iterator
from dataclasses import dataclass
from typing import Protocol

from prometheus_client import CollectorRegistry
from prometheus_client.exposition import choose_encoder
from prometheus_client.metrics_core import Metric
from prometheus_client.registry import Collector

from hposweep.telemetry.definition import HISTOGRAM, Definition

_END = b"# EOF\n"  # of OpenMetrics
_SUFFIXES = ("", "_bucket", "_count", "_sum")
# Both rewrite names that need no escaping, as all of these are; the type of the answer says which escaping it has.
_OTHER_ESCAPING = re.compile(r"\bescaping=(?:dots|values)\b")
_GZIP_LEVEL = 1  # lines repeat so much that it makes a tenth of them, and each level more takes longer


class SweepLines(Protocol):
    """`telemetry.sweeps`."""

    def lines(self) -> list[tuple[Definition, list[bytes]]]:
        """Return each metric with the lines of its samples, which are the same in all text formats."""


@dataclass(frozen=True, slots=True)
class Scrape:
    """The body of one answer, and its headers."""

    body: bytes
    content_type: str
    is_compressed: bool


@dataclass(frozen=True, slots=True)
class Exposition:
    """All metrics of this process."""

    registry: CollectorRegistry
    sweeps: SweepLines

    def scrape(self, accept: str, names: Collection[str] | None = None, *, compress: bool = False) -> Scrape:
        """Return the metrics in the format that the scraper prefers; all of them, or those with one of the names."""
        encode, content_type = choose_encoder(_OTHER_ESCAPING.sub("escaping=underscores", accept))
        parts = list(self._sweeps(encode, names))
        collector = self.registry if names is None else self.registry.restricted_registry(names)
        own = encode(collector)
        end = _END if own.endswith(_END) else b""
        body = b"".join((own.removesuffix(_END), *parts, end))
        return Scrape(gzip.compress(body, _GZIP_LEVEL, mtime=0) if compress else body, content_type, compress)

    def _sweeps(self, encode: Callable[[Collector], bytes], names: Collection[str] | None) -> Iterator[bytes]:
        for definition, lines in self.sweeps.lines():
            if names is None or not _sample_names(definition).isdisjoint(names):
                yield encode(_Header(definition)).removesuffix(_END)
                yield from lines


class _Header(Collector):
    """A metric without samples, of which an encoder writes the header."""

    def __init__(self, definition: Definition) -> None:
        self._definition = definition

    def collect(self) -> Iterator[Metric]:
        definition = self._definition
        yield Metric(definition.name, definition.meaning, definition.kind, definition.base_unit)


def _sample_names(definition: Definition) -> set[str]:
    return {definition.name + suffix for suffix in (_SUFFIXES if definition.kind == HISTOGRAM else _SUFFIXES[:1])}
