"""Numbers as panels show them: Grafana's units that the boards use."""

from __future__ import annotations

import math

_SHORT = ((1e12, " T"), (1e9, " B"), (1e6, " M"), (1e3, " K"))
_BYTES = ((2.0**40, " TiB"), (2.0**30, " GiB"), (2.0**20, " MiB"), (2.0**10, " KiB"), (1.0, " B"))
_SECONDS = ((86400.0, " days"), (3600.0, " hours"), (60.0, " mins"), (1.0, " s"), (1e-3, " ms"), (1e-6, " µs"))
_PER_SECOND = {"cps": " c/s", "ops": " ops/s", "reqps": " req/s"}
UNITS = ("none", "short", "percentunit", "s", "bytes", *_PER_SECOND)


def number(value: float, unit: str, decimals: int | None = None) -> str:
    """Return a value with its unit. Without `decimals` it has about three significant digits."""
    if math.isnan(value):
        return "-"
    if math.isinf(value):
        return "∞" if value > 0 else "-∞"
    if unit == "percentunit":
        return f"{_digits(100 * value, decimals)} %"
    if unit == "s":
        return _scaled(value, _SECONDS, decimals)
    if unit == "bytes":
        return _scaled(value, _BYTES, decimals)
    if unit == "none":
        return _digits(value, decimals)
    return _scaled(value, _SHORT, decimals) + _PER_SECOND.get(unit, "")


def scale(highest: float, unit: str) -> float:
    """Return how large one step of the largest unit is that numbers up to `highest` have: 60 for minutes."""
    scales = {"s": _SECONDS, "bytes": _BYTES, "percentunit": ((0.01, " %"),)}.get(unit, ())
    return next((size for size, _ in scales if highest >= size), 1.0)


def _scaled(value: float, scales: tuple[tuple[float, str], ...], decimals: int | None) -> str:
    """Return a value in the largest unit of which it has at least one; 0 in the smallest or in the base unit."""
    for scale, suffix in scales:
        if abs(value) >= scale:
            return _digits(value / scale, decimals) + suffix
    base = next((suffix for scale, suffix in scales if scale == 1.0), "")
    if value == 0 or base == "":
        return _digits(value, decimals) + base
    scale, suffix = scales[-1]
    return _digits(value / scale, decimals) + suffix


def _digits(value: float, decimals: int | None) -> str:
    if decimals is not None:
        return f"{value:.{decimals}f}"
    if value == 0 or abs(value) < 1e-12:
        return "0"
    if abs(value) < 1e-4:
        return f"{value:.2e}"
    places = max(0, 2 - math.floor(math.log10(abs(value))))
    text = f"{value:.{places}f}"
    return text.rstrip("0").rstrip(".") if "." in text else text
