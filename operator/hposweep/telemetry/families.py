"""Rows of sweeps as families of the Prometheus library, with values and labels that every scraper accepts."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from itertools import accumulate

from prometheus_client.core import GaugeMetricFamily, HistogramMetricFamily
from prometheus_client.metrics_core import Metric

from hposweep.telemetry.definition import HISTOGRAM, SWEEP_LABELS, Definition
from hposweep.telemetry.facts import Durations
from hposweep.telemetry.series.series import Row
from hposweep.text import truncate

MAX_LABEL_CHARACTERS = 256  # the longest name that the CRD allows; a longer word was written by hand
Rows = Mapping[tuple[str, ...], float | Durations]


class MetricFamily:
    """One metric of all sweeps in one scrape."""

    def __init__(self, definition: Definition, extra_labels: Sequence[str] = ()) -> None:
        names = (*SWEEP_LABELS, *definition.labels, *extra_labels)
        arguments = (definition.name, definition.meaning)
        self._gauge = GaugeMetricFamily(*arguments, labels=names, unit=definition.base_unit)
        self._histogram = HistogramMetricFamily(*arguments, labels=names, unit=definition.base_unit)
        self._bounds = [*(str(bound) for bound in definition.buckets), "+Inf"]
        self.metric: Metric = self._histogram if definition.kind == HISTOGRAM else self._gauge

    def add(self, sweep: tuple[str, str], rows: Rows) -> None:
        for labels, value in rows.items():
            values = sweep + labels
            if isinstance(value, Durations):
                counts = list(zip(self._bounds, accumulate(value.counts), strict=True))
                self._histogram.add_metric(values, counts, value.sum_seconds)
            else:
                self._gauge.add_metric(values, value)


def exportable(rows: Iterable[Row]) -> Rows:
    """Return the rows without those that are no number, and the first of those with equal labels.

    Raises TypeError, ValueError, OverflowError or AttributeError for a status of another shape than its class says.
    """
    result: dict[tuple[str, ...], float | Durations] = {}
    for labels, value in rows:
        if isinstance(value, Durations) or math.isfinite(value):
            result.setdefault(tuple(map(label_value, labels)), value)
    return result


def label_value(text: str) -> str:
    """Return text that can be encoded and is not too long; the library escapes quotes, backslashes and newlines."""
    if text.isascii() and len(text) <= MAX_LABEL_CHARACTERS:
        return text  # nearly all are, and a scrape of a thousand sweeps has 200,000
    return truncate(text.encode("utf-8", "replace").decode("utf-8"), MAX_LABEL_CHARACTERS)
