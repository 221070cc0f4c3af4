"""`clearTrend`: better trials go with larger, or with smaller, values of each parameter; or with one choice.

Trials are compared with others of their age only. The plain rank correlation drifts with an adaptive sampler, so it is
printed for its size and proves nothing.
"""

from __future__ import annotations

from collections.abc import Callable
from enum import Enum, auto

from hposweep.api.criteria import ClearTrend
from hposweep.judge.criteria.kind import CriterionKind, ParameterDomain, ParameterReference, list_references
from hposweep.judge.criteria.trend_facts import NEGLIGIBLE, Trend, TrendFacts, categorical_trend, numeric_trend
from hposweep.judge.criteria.verdicts import (
    APPROXIMATE,
    corrected,
    is_significant,
    p_words,
    so_far,
    too_few,
    unreadable,
)
from hposweep.judge.evidence import Evidence
from hposweep.judge.sample import MIN_VALUED_TRIALS, sample
from hposweep.model.history import History
from hposweep.model.verdicts import CriterionVerdict, Outcome
from hposweep.text import count

NAME = "clearTrend"


class TrendReason(Enum):
    """The reason why the trends are clear, ruled out, or neither."""

    CLEAR = auto()
    RULED_OUT = auto()
    UNCLEAR = auto()
    TOO_WEAK = auto()


# The first condition that holds decides; those with False count only after the end.
DECISIONS: tuple[tuple[Callable[[TrendFacts], bool], Outcome, TrendReason], ...] = (
    (lambda facts: not facts.unclear and not facts.weak, Outcome.TRUE, TrendReason.CLEAR),
    (lambda facts: facts.is_ruled_out, Outcome.FALSE, TrendReason.RULED_OUT),
    (lambda facts: bool(facts.unclear), Outcome.UNKNOWN, TrendReason.UNCLEAR),
    (lambda facts: True, Outcome.UNKNOWN, TrendReason.TOO_WEAK),
)


def decide(facts: TrendFacts, *, has_ended: bool) -> tuple[Outcome, TrendReason]:
    """Return the outcome and its reason."""
    rows = (row for row in DECISIONS if has_ended or row[1] is not Outcome.FALSE)
    return next((outcome, reason) for holds, outcome, reason in rows if holds(facts))


def word(facts: TrendFacts, reason: TrendReason) -> str:
    """Return the trend of every parameter and the reason as a sentence."""
    trends = ", ".join(f"{name} {_trend(trend, facts.comparisons)}" for name, trend in facts.trends.items())
    match reason:
        case TrendReason.CLEAR:
            because = ""
        case TrendReason.RULED_OUT:
            limit = NEGLIGIBLE if facts.min_correlation is None else facts.min_correlation
            because = f"; no correlation as strong as {limit:g} fits the trials"
        case TrendReason.UNCLEAR:
            because = f"; not clear: {', '.join(facts.unclear)}"
        case TrendReason.TOO_WEAK:
            because = f"; clear, but too weak: {', '.join(facts.weak)}"
    return f"{trends}, corrected for {count(facts.comparisons, 'parameter')}{because}"


def _requirement(criterion: ClearTrend, objective: str) -> str:
    requirement = f"a clear trend of {objective} with {', '.join(criterion.parameters)}"
    if criterion.min_abs_correlation is not None:
        requirement += f" and an absolute rank correlation of at least {criterion.min_abs_correlation:g}"
    return requirement


def _measure(
    criterion: ClearTrend, evidence: Evidence, history: History, objective: int, requirement: str
) -> TrendFacts | CriterionVerdict:
    """Return the facts, or the verdict that a parameter has too few trials."""
    trends: dict[str, Trend] = {}
    for parameter in dict.fromkeys(criterion.parameters):
        trial_sample = sample(evidence, history, parameter, objective)
        if trial_sample.n < MIN_VALUED_TRIALS:
            return too_few(NAME, requirement, parameter, trial_sample.n, _threshold(criterion))
        numbers = trial_sample.numbers
        if numbers is None:
            trends[parameter] = categorical_trend(evidence, history, parameter, objective, trial_sample)
        else:
            trends[parameter] = numeric_trend(evidence, history, parameter, objective, trial_sample, numbers)
    return TrendFacts(trends, criterion.min_abs_correlation)


def _threshold(criterion: ClearTrend) -> float:
    return APPROXIMATE if criterion.min_abs_correlation is None else criterion.min_abs_correlation


def _value_and_margin(facts: TrendFacts) -> tuple[float | None, float | None]:
    """Return the smallest correlation when one is demanded, else the largest p, and the distance to the threshold."""
    if facts.min_correlation is not None:
        weakest = min(facts.strengths.values(), default=None)
        return weakest, None if weakest is None else weakest - facts.min_correlation
    largest_p = corrected(
        max(1.0 if trend.p is None else trend.p for trend in facts.trends.values()), facts.comparisons
    )
    return largest_p, None if largest_p is None else -(largest_p - APPROXIMATE)


def _trend(trend: Trend, comparisons: int) -> str:
    p = corrected(trend.p, comparisons)
    side = trend.side if is_significant(trend.p, comparisons) else "to no clear side"
    return f"{side} ({trend.measure}, {p_words(p)}, {trend.n} trials)"


class ClearTrendKind(CriterionKind[ClearTrend]):
    """Numbers have a direction; choices are compared with each other."""

    field = "clear_trend"
    domain = ParameterDomain.ANY

    def verdict(self, criterion: ClearTrend, evidence: Evidence) -> CriterionVerdict:
        position, goal = evidence.goal(criterion.objective)
        requirement, threshold = _requirement(criterion, goal.name), _threshold(criterion)
        history = evidence.history
        if evidence.study is None or history is None:
            return unreadable(NAME, requirement, threshold)
        facts = _measure(criterion, evidence, history, position, requirement)
        if isinstance(facts, CriterionVerdict):
            return facts
        outcome, reason = decide(facts, has_ended=evidence.has_ended)
        value, margin = _value_and_margin(facts)
        message = f"{requirement}: {so_far(evidence)}{word(facts, reason)}"
        return CriterionVerdict(NAME, outcome, message, value, threshold, margin, facts.trials, facts.numbers)

    def references(self, criterion: ClearTrend) -> tuple[ParameterReference, ...]:
        return list_references(criterion.parameters)

    def objective(self, criterion: ClearTrend) -> str | None:
        return criterion.objective


KIND = ClearTrendKind()
