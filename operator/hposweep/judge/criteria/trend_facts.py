"""The numbers of a `clearTrend`: the trend of every parameter among trials of the same age.

`clear_trend` measures once per judgement, then decides and words.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from hposweep.judge.criteria.categorical import choices, label, p_better
from hposweep.judge.criteria.numeric_trend import p_larger_better
from hposweep.judge.criteria.verdicts import ROUNDING, corrected, is_significant
from hposweep.judge.evidence import Evidence
from hposweep.judge.sample import Sample
from hposweep.judge.statistics import Floats, correlation_limit, spearman, two_sided
from hposweep.model.history import History

NEGLIGIBLE = 0.2  # an absolute rank correlation below this is no trend
MIN_FOR_NO_TREND = 100  # trials that it takes to rule a trend out


@dataclass(frozen=True, slots=True)
class Trend:
    """`p` is two-sided, and corrected for the parameter's own choices. Only numbers have a `correlation`."""

    side: str  # where the better trials are, if it is not chance
    measure: str
    n: int
    p: float | None
    correlation: float | None = None

    def is_below(self, strength: float) -> bool:
        """No correlation as strong as this fits the trials."""
        if self.correlation is None or self.n < MIN_FOR_NO_TREND:
            return False
        return correlation_limit(self.correlation, self.n) < strength


@dataclass(frozen=True, slots=True)
class TrendFacts:
    """The trends by parameter, and the correlation that the criterion demands."""

    trends: Mapping[str, Trend]
    min_correlation: float | None

    @property
    def comparisons(self) -> int:
        """How many parameters are compared, for the correction."""
        return len(self.trends)

    @property
    def unclear(self) -> list[str]:
        """The parameters without a significant trend."""
        return [name for name, trend in self.trends.items() if not is_significant(trend.p, self.comparisons)]

    @property
    def weak(self) -> list[str]:
        """The parameters whose correlation is smaller than demanded."""
        demanded = self.min_correlation
        strengths = self.strengths.items()
        return [name for name, strength in strengths if demanded is not None and strength < demanded - ROUNDING]

    @property
    def strengths(self) -> dict[str, float]:
        """Absolute correlations by parameter."""
        trends = self.trends.items()
        return {name: abs(trend.correlation) for name, trend in trends if trend.correlation is not None}

    @property
    def is_ruled_out(self) -> bool:
        """A demanded correlation fails with one parameter; without a demand there must be no trend in any of them."""
        trends = self.trends.values()
        if self.min_correlation is not None:
            return any(trend.is_below(self.min_correlation) for trend in trends)
        return len(self.unclear) == len(self.trends) and all(trend.is_below(NEGLIGIBLE) for trend in trends)

    @property
    def trials(self) -> int:
        return min(trend.n for trend in self.trends.values())

    @property
    def numbers(self) -> Mapping[str, Any]:
        """Return the evidence for the status."""
        return {
            name: {
                "spearman": trend.correlation,
                "p": trend.p,
                "pCorrected": corrected(trend.p, self.comparisons),
                "parameters": self.comparisons,
                "trials": trend.n,
            }
            for name, trend in self.trends.items()
        }


def numeric_trend(
    evidence: Evidence, history: History, parameter: str, objective: int, trial_sample: Sample, numbers: Floats
) -> Trend:
    """Measure the trend of a parameter whose values are numbers."""
    p = p_larger_better(evidence, history, parameter, numbers, objective)
    memo = ("correlation", parameter, objective, evidence.goals)
    correlation = history.remember(memo, lambda: spearman(trial_sample.ranked, numbers))
    if p is None or correlation is None:
        return Trend("", "never varies", len(numbers), None)
    # Printed in the user's own direction: when the objective is minimized, a rising score is a falling value.
    printed = correlation if evidence.goals[objective].is_maximized else -correlation
    side = f"better with {'larger' if p < 0.5 else 'smaller'} values"
    return Trend(side, f"Spearman {printed:+.2f}", len(numbers), two_sided(p), correlation)


def categorical_trend(
    evidence: Evidence, history: History, parameter: str, objective: int, trial_sample: Sample
) -> Trend:
    """Measure the choice that differs most from the others, to either side. Two choices are one comparison."""
    offered = choices(evidence, history, parameter, trial_sample)
    tests: list[tuple[float, str]] = []
    for choice in offered:
        p = p_better(evidence, history, parameter, choice, objective)
        if p is not None:
            tests.append((two_sided(p), f"{'better' if p < 0.5 else 'worse'} with {label(choice)}"))
    if not tests:
        return Trend("", "no choices to compare", trial_sample.n, None)
    p, side = min(tests, key=lambda test: (round(test[0], 9), test[1]))  # of two equal ones: the better one
    comparisons = 1 if len(offered) <= 2 else len(offered)
    return Trend(side, f"{len(offered)} choices", trial_sample.n, min(1.0, p * comparisons))
