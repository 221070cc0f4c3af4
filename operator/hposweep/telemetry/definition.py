"""Name, type, unit, labels and meaning of a metric. Exposition and `docs/reference/metrics.md` are made of it.

`series.registry` lists the definitions of the sweeps, `metrics` those of the operator, and `catalog` both.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

GAUGE, COUNTER, HISTOGRAM = "gauge", "counter", "histogram"
SWEEP_LABELS = ("namespace", "hposweep")  # of every series of a sweep
# Prometheus' own order: a timestamp is in seconds too, since 1970.
_UNITS = {"_timestamp_seconds": "seconds since 1970", "_seconds": "seconds", "_ratio": "ratio, 0 to 1"}


@dataclass(frozen=True, slots=True)
class Definition:
    """One metric. `labels` says for each label which values it has; those of every sweep are not repeated."""

    name: str  # without `_total`, which a counter gets in the exposition
    kind: str
    meaning: str
    labels: Mapping[str, str] = field(default_factory=dict)
    buckets: tuple[float, ...] = ()  # upper bounds of a histogram, without infinity

    @property
    def exposed_name(self) -> str:
        """Return the name as queries use it, without the suffixes of a histogram."""
        return f"{self.name}_total" if self.kind == COUNTER else self.name

    @property
    def unit(self) -> str:
        """Return the base unit for people; empty for a number of things or a value of the user's."""
        return next((unit for suffix, unit in _UNITS.items() if self.name.endswith(suffix)), "")

    @property
    def base_unit(self) -> str:
        """Return the unit of OpenMetrics, which must be the end of the name."""
        return next((unit for unit in ("seconds", "ratio") if self.name.endswith(f"_{unit}")), "")
