"""Verdicts that several kinds share (not reached, unreadable, too few trials), and numbers as text."""

from __future__ import annotations

from hposweep.judge.evidence import Evidence
from hposweep.judge.sample import MIN_VALUED_TRIALS
from hposweep.model.verdicts import CriterionVerdict, Outcome

# The promise: a criterion that is not true is called True in at most one sweep of twenty.
PROMISED = 0.05
# Contrast pairs are counted out exactly, so that the promise is the limit. The rank test in blocks is approximate, and
# an adaptive sampler's late trials of an abandoned choice differ from the rest of their block in more than the choice:
# simulated, the test errs up to twice as often as it says (docs/judgement.md).
EXACT, APPROXIMATE = PROMISED, 0.02
# Shares are quotients of whole numbers, thresholds are decimal: 0.7 and 14/20 may differ in the last bit.
ROUNDING = 1e-12


def not_reached(evidence: Evidence) -> Outcome:
    return Outcome.FALSE if evidence.has_ended else Outcome.UNKNOWN


def unreadable(criterion: str, requirement: str, threshold: float | None = None) -> CriterionVerdict:
    """Return Unknown: a source that failed says nothing about the sweep."""
    message = f"{requirement}: the study cannot be read"
    return CriterionVerdict(criterion, Outcome.UNKNOWN, message, threshold=threshold, cannot_tell=True)


def too_few(
    criterion: str, requirement: str, parameter: str, n: int, threshold: float | None = None
) -> CriterionVerdict:
    """Return Unknown: the parameter has too few complete trials."""
    if n == 0:
        message = f"{requirement}: no complete trial has a parameter `{parameter}`"
    else:
        message = f"{requirement}: only {n} complete trials have `{parameter}`; at least {MIN_VALUED_TRIALS} are needed"
    return CriterionVerdict(criterion, Outcome.UNKNOWN, message, threshold=threshold, trials=n)


def is_significant(p: float | None, comparisons: int, limit: float = APPROXIMATE) -> bool:
    """Tell whether chance is no good explanation any more, by Bonferroni's correction."""
    return p is not None and p * comparisons < limit


def corrected(p: float | None, comparisons: int) -> float | None:
    return None if p is None else min(1.0, p * comparisons)


def so_far(evidence: Evidence) -> str:
    """Return the words that mark a measurement as preliminary; "" after the end."""
    return "" if evidence.has_ended else "so far "


def percent(share: float) -> str:
    return f"{100 * share:.3g} %"


def p_words(p: float | None) -> str:
    if p is None:
        return "no p: too little to compare"
    return "p < 0.0001" if p < 0.0001 else f"p {p:.2g}"
