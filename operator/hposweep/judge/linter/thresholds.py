"""The thresholds of a spec with the criteria that set them. The rules about values start from here."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from hposweep.api.spec import Spec
from hposweep.judge.criteria.threshold import Threshold, threshold_of
from hposweep.judge.linter.criterion_paths import LocatedCriterion, flat_criteria


@dataclass(frozen=True, slots=True, kw_only=True)
class LocatedThreshold(Threshold):
    """A threshold and its criterion."""

    located: LocatedCriterion

    @property
    def key(self) -> str:
        """The last part of the field."""
        if self.share is not None:
            return "improvesBaselineBy"
        return "greaterThan" if self.is_above else "lessThan"

    @property
    def field(self) -> str:
        return f"{self.located.path}.bestValue.{self.key}"


def thresholds(spec: Spec, among: Iterable[LocatedCriterion] | None = None) -> Iterator[LocatedThreshold]:
    """Yield one for every `bestValue` whose objective exists and whose number is known."""
    for located in flat_criteria(spec) if among is None else among:
        best = located.criterion.best_value
        threshold = threshold_of(spec, best) if best is not None else None
        if threshold is not None:
            yield LocatedThreshold(
                goal=threshold.goal,
                value=threshold.value,
                is_above=threshold.is_above,
                share=threshold.share,
                restriction=threshold.restriction,
                located=located,
            )
