"""Positions in the range of a number, and ranges with readable bounds. Called by `next_range`."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from hposweep.api.space import FloatRange, IntRange, Parameter
from hposweep.judge.statistics import Floats

_DIGITS = 2  # of the distance between the bounds, or of a bound of a logarithmic range
_ROUNDING = 1e-9


@dataclass(frozen=True, slots=True)
class Scale:
    """The searched range of a number; 0 is its lower bound, 1 its upper one."""

    source: FloatRange | IntRange

    @classmethod
    def of(cls, parameter: Parameter) -> Scale:
        source = parameter.float_ or parameter.int_
        assert source is not None  # noqa: S101  # only numbers have a scale
        return cls(source)

    @property
    def low(self) -> float:
        return float(self.source.low)

    @property
    def high(self) -> float:
        return float(self.source.high)

    @property
    def log(self) -> bool:
        return self.source.log and self.low > 0

    @property
    def step(self) -> float | None:
        """Return the distance of two values; None for any number."""
        return self.source.step or (1 if isinstance(self.source, IntRange) else None)

    @property
    def floor(self) -> float:
        """Return the smallest bound that a wider range may have: what was never 0 or negative may have to be above."""
        if self.low < 0:
            return -_largest(self.source)
        if self.log and isinstance(self.source, FloatRange):
            return 1.0 / _largest(self.source)
        return self._nearer_to_zero(self.low)

    @property
    def ceiling(self) -> float:
        """Return the largest bound that a wider range may have: 1 for a share, and what was never positive stays so."""
        if self.high <= 0:
            return self._nearer_to_zero(self.high)
        if isinstance(self.source, FloatRange) and self.low >= 0 and self.high <= 1:
            return 1.0
        return _largest(self.source)

    def wider(self, share: float, *, is_upper: bool) -> float:
        """Return the next bound of a range that is wider by this share, and by one step at least."""
        step = self.step or 0.0
        if is_upper:
            return min(max(self.beyond(1 + share), self.high + step), self.ceiling)
        return max(min(self.beyond(-share), self.low - step), self.floor)

    def positions(self, values: Floats) -> Floats:
        low, high = self._scaled(self.low), self._scaled(self.high)
        scaled = np.log(np.maximum(values, 1e-300)) if self.log else values
        positions: Floats = (scaled - low) / (high - low)
        return positions

    def value(self, position: float) -> float:
        """Return the value at a position, the bounds themselves at 0 and 1."""
        if position <= 0 or position >= 1:
            return self.low if position <= 0 else self.high
        return self.beyond(position)

    def beyond(self, position: float) -> float:
        """Return the value at any position."""
        low, high = self._scaled(self.low), self._scaled(self.high)
        value = low + position * (high - low)
        return math.exp(min(value, 700.0)) if self.log else value

    def domain(self, low: float, high: float) -> FloatRange | IntRange:
        """Return a range of the same kind that contains `low` to `high`, with few digits, and on the same steps.

        A bound that is one of today's stays as it is; one inside today's range stays inside.
        """
        new_low = self._bound(low, is_upper=False)
        new_high = self._bound(high, is_upper=True)
        slack = _ROUNDING * (high - low)
        if self.step is None and (new_low > low + slack or new_high < high - slack):  # too narrow for twelve digits
            new_low, new_high = low, high
        if isinstance(self.source, IntRange):
            return IntRange(round(new_low), round(new_high), self.source.log, self.source.step)
        return FloatRange(new_low, new_high, self.source.log, self.source.step)

    def _bound(self, value: float, *, is_upper: bool) -> float:
        today = self.high if is_upper else self.low
        if value == today:
            return today
        if (step := self.step) is not None:
            steps = (value - self.low) / step
            is_inside = self.low <= value <= self.high
            rounded = self.low + step * (_up(steps) if is_upper is is_inside else _down(steps))
            rounded = float(f"{rounded:.12g}")  # 0.1 * 3 is 0.30000000000000004
        else:
            unit = 10.0 ** (math.floor(math.log10(abs(value) if self.log else self.high - self.low)) - _DIGITS + 1)
            rounded = unit * (_up(value / unit) if is_upper else _down(value / unit))
            rounded = float(f"{rounded:.12g}")
        if self.low <= value <= self.high:
            return min(max(rounded, self.low), self.high)
        return rounded

    def _scaled(self, value: float) -> float:
        return math.log(value) if self.log else value

    def _nearer_to_zero(self, bound: float) -> float:
        """Return half of a bound; a whole number other than 0 does not become 0."""
        if not isinstance(self.source, IntRange):
            return bound / 2
        return math.copysign(max(min(1.0, abs(bound)), math.ceil(abs(bound) / 2)), bound)


def _largest(source: FloatRange | IntRange) -> float:
    return float(2**53 - 1) if isinstance(source, IntRange) else 1e300


def _up(value: float) -> int:
    return math.ceil(value - _ROUNDING)


def _down(value: float) -> int:
    return math.floor(value + _ROUNDING)
