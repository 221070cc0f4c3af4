"""The series of sweeps as families of the Prometheus library, which formats each sample at each scrape.

`bench.scraping` compares its speed with that of `telemetry.exposition`, and tests/unit/telemetry its text.
"""

from __future__ import annotations

import gzip
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from itertools import accumulate

from prometheus_client import CollectorRegistry
from prometheus_client.core import GaugeMetricFamily, HistogramMetricFamily
from prometheus_client.exposition import choose_encoder
from prometheus_client.metrics_core import Metric
from prometheus_client.registry import Collector

from hposweep.telemetry.definition import HISTOGRAM, SWEEP_LABELS, Definition
from hposweep.telemetry.exposition import Scrape
from hposweep.telemetry.facts import Durations
from hposweep.telemetry.sample_lines import Rows, exportable, label_value
from hposweep.telemetry.series.identity import INFO
from hposweep.telemetry.series.registry import ALL
from hposweep.telemetry.series.series import Snapshot

_GZIP_LEVEL = 6  # the default of zlib
SweepRows = tuple[tuple[str, str], tuple[Rows, ...]]


@dataclass(frozen=True, slots=True)
class LibraryExposition:
    """Encodes all families of a registry at each scrape."""

    registry: CollectorRegistry

    def scrape(self, accept: str, names: Collection[str] | None = None, *, compress: bool = False) -> Scrape:
        encode, content_type = choose_encoder(accept)
        body = encode(self.registry)
        return Scrape(gzip.compress(body, _GZIP_LEVEL, mtime=0) if compress else body, content_type, compress)


class LibraryFamilies(Collector):
    """The families of sweeps whose rows are known."""

    def __init__(self, sweeps: Sequence[SweepRows], extra_labels: Sequence[str] = ()) -> None:
        self._sweeps, self._extra_labels = sweeps, extra_labels

    def collect(self) -> Iterator[Metric]:
        for place, series in enumerate(ALL):
            extra_labels = self._extra_labels if series is INFO else ()
            yield family(series.definition, ((key, rows[place]) for key, rows in self._sweeps), extra_labels)


def sweep_rows(snapshot: Snapshot) -> SweepRows:
    key = (label_value(snapshot.sweep.namespace), label_value(snapshot.sweep.name))
    return key, tuple(exportable(series.rows(snapshot)) for series in ALL)


def family(
    definition: Definition, sweeps: Iterator[tuple[tuple[str, str], Rows]], extra_labels: Sequence[str] = ()
) -> Metric:
    """Return one metric with the rows of all sweeps."""
    names = (*SWEEP_LABELS, *definition.labels, *extra_labels)
    arguments = (definition.name, definition.meaning)
    gauge = GaugeMetricFamily(*arguments, labels=names, unit=definition.base_unit)
    histogram = HistogramMetricFamily(*arguments, labels=names, unit=definition.base_unit)
    bounds = [*(str(bound) for bound in definition.buckets), "+Inf"]
    for key, rows in sweeps:
        for labels, value in rows.items():
            if isinstance(value, Durations):
                counts = list(zip(bounds, accumulate(value.counts), strict=True))
                histogram.add_metric(key + labels, counts, value.sum_seconds)
            else:
                gauge.add_metric(key + labels, value)
    return histogram if definition.kind == HISTOGRAM else gauge
