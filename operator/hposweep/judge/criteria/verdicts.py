"""What all criteria say alike: not reached yet, cannot be read, too few trials, and numbers as words."""

from __future__ import annotations

from hposweep.judge.evidence import Evidence
from hposweep.judge.sample import FEWEST_VALUED
from hposweep.model.verdicts import CriterionVerdict, Outcome

# What is promised: of twenty sweeps of which a thing is not true, at most one is told that it is.
PROMISED = 0.05
# Contrast pairs are counted out exactly, so that the promise is the limit. The rank test in blocks is approximate, and
# what an adaptive sampler tries of a choice that it has left differs from the rest of its block in more than the
# choice: simulated, the test errs up to twice as often as it says (docs/judgement.md).
EXACT, APPROXIMATE = PROMISED, 0.02
# Shares are quotients of whole numbers, thresholds are decimal: 0.7 and 14/20 may differ in the last bit.
ROUNDING = 1e-12


def not_reached(evidence: Evidence) -> Outcome:
    return Outcome.FALSE if evidence.has_ended else Outcome.UNKNOWN


def unreadable(criterion: str, wish: str, threshold: float | None = None) -> CriterionVerdict:
    """The source failed: that says nothing about the sweep, whenever it happens."""
    message = f"{wish}: the study cannot be read"
    return CriterionVerdict(criterion, Outcome.UNKNOWN, message, threshold=threshold, cannot_tell=True)


def too_few(criterion: str, wish: str, parameter: str, n: int, threshold: float | None = None) -> CriterionVerdict:
    if n == 0:
        message = f"{wish}: no complete trial has a parameter `{parameter}` that can be judged so"
    else:
        message = f"{wish}: {n} complete trials have `{parameter}`, and less than {FEWEST_VALUED} say nothing"
    return CriterionVerdict(criterion, Outcome.UNKNOWN, message, threshold=threshold, trials=n)


def is_significant(p: float | None, looked_at: int, limit: float = APPROXIMATE) -> bool:
    """By Bonferroni's correction: chance is no good explanation any more."""
    return p is not None and p * looked_at < limit


def corrected(p: float | None, looked_at: int) -> float | None:
    return None if p is None else min(1.0, p * looked_at)


def so_far(evidence: Evidence) -> str:
    """Before the end a sentence says that it may still change."""
    return "" if evidence.has_ended else "so far "


def percent(share: float) -> str:
    return f"{100 * share:.3g} %"


def p_words(p: float | None) -> str:
    if p is None:
        return "no p: too little to compare"
    return "p < 0.0001" if p < 0.0001 else f"p {p:.2g}"
