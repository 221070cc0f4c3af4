"""Shares of the finished trials, as `completed_ratio` and `failed_ratio` judge them.

Only the end of the sweep fixes the denominator. During the run the health rules watch the same shares, by interval.
"""

from __future__ import annotations

from hposweep.judge.criteria.verdicts import ROUNDING, percent
from hposweep.judge.evidence import Evidence
from hposweep.model.verdicts import CriterionVerdict, Outcome

# One trial more or less would move the share by more than ten points.
MIN_FINISHED = 10


def ratio_verdict(
    name: str, requirement: str, part: int, finished: int, threshold: float, sign: int, evidence: Evidence
) -> CriterionVerdict:
    """Judge `part` of `finished`; `sign` is 1 when the share must be at least the threshold, -1 when at most."""
    numbers = {"part": part, "finished": finished}
    if not finished:
        message = f"{requirement}: no trial has finished"
        return CriterionVerdict(name, Outcome.UNKNOWN, message, threshold=threshold, trials=0, evidence=numbers)
    share = part / finished
    margin = sign * (share - threshold)
    measured = f"{part} of {finished} ({percent(share)})"
    if not evidence.has_ended:
        outcome, message = Outcome.UNKNOWN, f"{requirement}: so far {measured}; the end of the sweep decides"
    elif finished < MIN_FINISHED:
        outcome = Outcome.UNKNOWN
        message = f"{requirement}: {measured}, and less than {MIN_FINISHED} trials say nothing"
    else:
        outcome = Outcome.TRUE if margin >= -ROUNDING else Outcome.FALSE
        message = f"{requirement}: {measured}"
    return CriterionVerdict(name, outcome, message, share, threshold, margin, finished, numbers)
