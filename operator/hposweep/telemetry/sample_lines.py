"""The lines of one metric of a sweep, as both text formats of Prometheus have them. `sweeps` keeps them.

The library formats every sample at each scrape, and a thousand sweeps have 100,000. tests/unit/telemetry compares these
lines with those of the library.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import accumulate

from prometheus_client.utils import floatToGoString

from hposweep.telemetry.definition import SWEEP_LABELS, Definition
from hposweep.telemetry.facts import Durations
from hposweep.telemetry.series.series import Row
from hposweep.text import truncate

MAX_LABEL_CHARACTERS = 256  # the longest name that the CRD allows; a longer word was written by hand
Rows = Mapping[tuple[str, ...], float | Durations]


class SampleLines:
    """The format of the lines of one metric."""

    def __init__(self, definition: Definition, extra_labels: Sequence[str] = ()) -> None:
        names = (*SWEEP_LABELS, *definition.labels, *extra_labels)
        self._name = definition.name
        self._labels = sorted((name, place) for place, name in enumerate(names))
        self._bucket_labels = sorted((name, place) for place, name in enumerate((*names, "le")))
        self._bounds = (*(str(bound) for bound in definition.buckets), "+Inf")

    def encode(self, sweep: tuple[str, str], rows: Rows) -> bytes:
        """Return a line for each sample of a sweep. The values of the labels are those of `label_value`."""
        return "".join(self._lines(sweep, rows)).encode()

    def _lines(self, sweep: tuple[str, str], rows: Rows) -> Iterator[str]:
        for labels, value in rows.items():
            values = tuple(map(_escape, (*sweep, *labels)))
            if isinstance(value, Durations):
                yield from self._histogram(values, value)
            else:
                yield _line(self._name, self._labels, values, value)

    def _histogram(self, values: tuple[str, ...], durations: Durations) -> Iterator[str]:
        count = 0
        for bound, count in zip(self._bounds, accumulate(durations.counts), strict=True):
            yield _line(f"{self._name}_bucket", self._bucket_labels, (*values, bound), count)
        yield _line(f"{self._name}_count", self._labels, values, count)
        yield _line(f"{self._name}_sum", self._labels, values, durations.sum_seconds)


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
    """Return text that can be encoded and is not too long."""
    if text.isascii() and len(text) <= MAX_LABEL_CHARACTERS:
        return text  # nearly all are, and a thousand sweeps have 200,000
    return truncate(text.encode("utf-8", "replace").decode("utf-8"), MAX_LABEL_CHARACTERS)


def _line(name: str, labels: Iterable[tuple[str, int]], values: Sequence[str], value: float) -> str:
    pairs = ",".join([f'{label}="{values[place]}"' for label, place in labels])
    number: str = floatToGoString(value)  # type: ignore[no-untyped-call]  # the library leaves this one untyped
    return f"{name}{{{pairs}}} {number}\n"


def _escape(text: str) -> str:
    return text.replace("\\", r"\\").replace("\n", r"\n").replace('"', r"\"")
