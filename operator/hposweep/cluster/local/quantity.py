"""Amounts as Kubernetes writes them: `512Mi`, `2G`, `1e9`. Pure; called by `environment`."""

from __future__ import annotations

import re
from decimal import ROUND_CEILING, Decimal

_UNITS = {"": Decimal(1), "m": Decimal("0.001")}
_UNITS |= {unit: Decimal(1000**power) for power, unit in enumerate("kMGTPE", 1)}
_UNITS |= {f"{unit}i": Decimal(1024**power) for power, unit in enumerate("KMGTPE", 1)}
_QUANTITY = re.compile(r"([+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?)(m|[kMGTPE]|[KMGTPE]i)?")


def amount(text: str | float) -> int:
    """Return the amount, rounded up to whole units. Raises ValueError for a text that is no quantity."""
    match = _QUANTITY.fullmatch(str(text))
    if match is None:
        raise ValueError(f"`{text}` is no quantity; write for instance `512Mi` or `2G`")
    return int((Decimal(match[1]) * _UNITS[match[2] or ""]).to_integral_value(ROUND_CEILING))
