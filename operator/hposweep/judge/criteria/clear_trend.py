"""`clearTrend`: better trials go with larger, or with smaller, values of each parameter; or with one choice.

Trials are compared with others of their age only. The plain rank correlation drifts with an adaptive sampler, and is
printed for its size, not as the proof.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from hposweep.api.criteria import ClearTrend
from hposweep.judge.criteria.categorical import choices, label, p_better
from hposweep.judge.criteria.kind import CriterionKind, ParameterDomain, ParameterReference, list_references
from hposweep.judge.criteria.numeric_trend import p_larger_better
from hposweep.judge.criteria.verdicts import (
    APPROXIMATE,
    ROUNDING,
    corrected,
    is_significant,
    p_words,
    so_far,
    too_few,
    unreadable,
)
from hposweep.judge.evidence import Evidence
from hposweep.judge.sample import FEWEST_VALUED, Sample, sample
from hposweep.judge.statistics import Floats, correlation_limit, spearman, two_sided
from hposweep.model.history import History
from hposweep.model.verdicts import CriterionVerdict, Outcome

NAME = "clearTrend"
# What counts as no trend worth the name, and how many trials it takes to say so.
NEGLIGIBLE, FEWEST_FOR_NONE = 0.2, 100


@dataclass(frozen=True, slots=True)
class _Trend:
    """`p` is two-sided, and corrected for the parameter's own choices. `correlation` only of numbers."""

    side: str  # where the better trials are, if it is not chance
    measure: str
    n: int
    p: float | None
    correlation: float | None = None

    def is_below(self, strength: float) -> bool:
        """No correlation as strong as that fits the trials."""
        if self.correlation is None or self.n < FEWEST_FOR_NONE:
            return False
        return correlation_limit(self.correlation, self.n) < strength


def clear_trend(criterion: ClearTrend, evidence: Evidence) -> CriterionVerdict:
    place, goal = evidence.goal(criterion.objective)
    least = criterion.min_abs_correlation
    wish = f"a clear trend of {goal.name} with {', '.join(criterion.parameters)}"
    wish += "" if least is None else f" and an absolute rank correlation of at least {least:g}"
    threshold = APPROXIMATE if least is None else least
    history = evidence.history
    if evidence.study is None or history is None:
        return unreadable(NAME, wish, threshold)
    trends: dict[str, _Trend] = {}
    for parameter in dict.fromkeys(criterion.parameters):
        drawn = sample(evidence, history, parameter, place)
        if drawn.n < FEWEST_VALUED:
            return too_few(NAME, wish, parameter, drawn.n, threshold)
        numbers = drawn.numbers
        if numbers is None:
            trends[parameter] = _of_choices(evidence, history, parameter, place, drawn)
        else:
            trends[parameter] = _of_number(evidence, history, parameter, place, drawn, numbers)
    return _verdict(wish, trends, least, evidence)


def _of_number(
    evidence: Evidence, history: History, parameter: str, place: int, drawn: Sample, numbers: Floats
) -> _Trend:
    p = p_larger_better(evidence, history, parameter, numbers, place)
    asked = ("correlation", parameter, place, evidence.goals)
    correlation = history.remember(asked, lambda: spearman(drawn.ranked, numbers))
    if p is None or correlation is None:
        return _Trend("", "never varies", len(numbers), None)
    # In the user's own direction: of what is minimized, a worth that rises is a value that falls.
    shown = correlation if evidence.goals[place].is_maximized else -correlation
    side = f"better with {'larger' if p < 0.5 else 'smaller'} values"
    return _Trend(side, f"Spearman {shown:+.2f}", len(numbers), two_sided(p), correlation)


def _of_choices(evidence: Evidence, history: History, parameter: str, place: int, drawn: Sample) -> _Trend:
    """The choice that stands out most, to either side. Two choices are one comparison."""
    offered = choices(evidence, history, parameter, drawn)
    found: list[tuple[float, str]] = []
    for choice in offered:
        p = p_better(evidence, history, parameter, choice, place)
        if p is not None:
            found.append((two_sided(p), f"{'better' if p < 0.5 else 'worse'} with {label(choice)}"))
    if not found:
        return _Trend("", "no choices to compare", drawn.n, None)
    p, side = min(found, key=lambda entry: (round(entry[0], 9), entry[1]))  # of two alike: the better one
    looked_at = 1 if len(offered) <= 2 else len(offered)
    return _Trend(side, f"{len(offered)} choices", drawn.n, min(1.0, p * looked_at))


def _verdict(wish: str, trends: dict[str, _Trend], least: float | None, evidence: Evidence) -> CriterionVerdict:
    looked_at = len(trends)
    unclear = [name for name, trend in trends.items() if not is_significant(trend.p, looked_at)]
    strengths = {name: abs(trend.correlation) for name, trend in trends.items() if trend.correlation is not None}
    weak = [name for name, strength in strengths.items() if least is not None and strength < least - ROUNDING]
    if not unclear and not weak:
        outcome, rest = Outcome.TRUE, ""
    elif evidence.has_ended and _is_out_of_reach(trends, unclear, least):
        limit = NEGLIGIBLE if least is None else least
        outcome, rest = Outcome.FALSE, f"; no correlation as strong as {limit:g} fits the trials"
    else:
        outcome = Outcome.UNKNOWN
        rest = f"; not clear: {', '.join(unclear)}" if unclear else f"; clear, but too weak: {', '.join(weak)}"
    if least is None:
        largest = max(1.0 if trend.p is None else trend.p for trend in trends.values())
        value, threshold = corrected(largest, looked_at), APPROXIMATE
    else:
        value, threshold = min(strengths.values(), default=None), least
    distance = None if value is None else value - threshold
    margin = -distance if distance is not None and least is None else distance
    found = ", ".join(f"{name} {_words(trend, looked_at)}" for name, trend in trends.items())
    return CriterionVerdict(
        NAME,
        outcome,
        f"{wish}: {so_far(evidence)}{found}, {looked_at} looked at{rest}",
        value,
        threshold,
        margin,
        min(trend.n for trend in trends.values()),
        {name: _numbers(trend, looked_at) for name, trend in trends.items()},
    )


def _is_out_of_reach(trends: dict[str, _Trend], unclear: list[str], least: float | None) -> bool:
    """Of a strength that is asked for one parameter can fall short; without, there is no trend in any."""
    if least is not None:
        return any(trend.is_below(least) for trend in trends.values())
    return len(unclear) == len(trends) and all(trend.is_below(NEGLIGIBLE) for trend in trends.values())


def _words(trend: _Trend, looked_at: int) -> str:
    p = corrected(trend.p, looked_at)
    side = trend.side if is_significant(trend.p, looked_at) else "to no clear side"
    return f"{side} ({trend.measure}, {p_words(p)}, {trend.n} trials)"


def _numbers(trend: _Trend, looked_at: int) -> dict[str, Any]:
    return {
        "spearman": trend.correlation,
        "p": trend.p,
        "pCorrected": corrected(trend.p, looked_at),
        "parameters": looked_at,
        "trials": trend.n,
    }


class ClearTrendKind(CriterionKind[ClearTrend]):
    """Numbers have a direction; choices are compared with each other."""

    field = "clear_trend"
    domain = ParameterDomain.ANY

    def verdict(self, criterion: ClearTrend, evidence: Evidence) -> CriterionVerdict:
        return clear_trend(criterion, evidence)

    def references(self, criterion: ClearTrend) -> tuple[ParameterReference, ...]:
        return list_references(criterion.parameters)

    def objective(self, criterion: ClearTrend) -> str | None:
        return criterion.objective


KIND = ClearTrendKind()
