"""`completedRatio` and `failedRatio`: shares of the finished trials. Only the end has a denominator that stays.

During the run the health rules watch the same shares, by their intervals.
"""

from __future__ import annotations

from hposweep.api.criteria import CompletedRatio, FailedRatio
from hposweep.judge.criteria.verdicts import ROUNDING, percent, unreadable
from hposweep.judge.evidence import Evidence
from hposweep.model.verdicts import CriterionVerdict, Outcome

# One trial more or less would move the share by more than ten points.
FEWEST_FINISHED = 10


def completed_ratio(criterion: CompletedRatio, evidence: Evidence) -> CriterionVerdict:
    name, least = "completedRatio", criterion.min
    wish = f"at least {percent(least)} of the finished trials complete or pruned"
    if evidence.study is None:
        return unreadable(name, wish, least)
    counts = evidence.study.counts
    return _ratio(name, wish, counts.complete + counts.pruned, counts.finished, least, 1, evidence)


def failed_ratio(criterion: FailedRatio, evidence: Evidence) -> CriterionVerdict:
    name, most = "failedRatio", criterion.max
    wish = f"at most {percent(most)} of the finished trials failed"
    if evidence.study is None:
        return unreadable(name, wish, most)
    counts = evidence.study.counts
    return _ratio(name, wish, counts.charged_failures, counts.finished, most, -1, evidence)


def _ratio(
    name: str, wish: str, part: int, finished: int, threshold: float, sign: int, evidence: Evidence
) -> CriterionVerdict:
    numbers = {"part": part, "finished": finished}
    if not finished:
        message = f"{wish}: no trial has finished"
        return CriterionVerdict(name, Outcome.UNKNOWN, message, threshold=threshold, trials=0, evidence=numbers)
    share = part / finished
    margin = sign * (share - threshold)
    found = f"{part} of {finished} ({percent(share)})"
    if not evidence.has_ended:
        outcome, message = Outcome.UNKNOWN, f"{wish}: so far {found}; the end of the sweep decides"
    elif finished < FEWEST_FINISHED:
        outcome, message = Outcome.UNKNOWN, f"{wish}: {found}, and less than {FEWEST_FINISHED} trials say nothing"
    else:
        outcome = Outcome.TRUE if margin >= -ROUNDING else Outcome.FALSE
        message = f"{wish}: {found}"
    return CriterionVerdict(name, outcome, message, share, threshold, margin, finished, numbers)
