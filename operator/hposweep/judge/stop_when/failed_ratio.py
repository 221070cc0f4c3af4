"""`failedRatio`: too many of the finished trials failed by their own fault. The sweep ends as Failed."""

from __future__ import annotations

from hposweep.api import conditions
from hposweep.api.stop_rules import FailedRatioLimit
from hposweep.judge.criteria.verdicts import percent
from hposweep.judge.evidence import Evidence
from hposweep.judge.stop_when.prefix import Prefix
from hposweep.judge.stop_when.rule import StopCause, StopRuleKind
from hpotrial.protocol.control import FailureLimit


def failure_limit(limit: FailedRatioLimit) -> FailureLimit:
    """Return the rule as workers get it."""
    return FailureLimit(limit.greater_than, limit.min_trials)


def _cause(limit: FailedRatioLimit, prefix: Prefix, _: Evidence) -> StopCause | None:
    if not failure_limit(limit).is_exceeded(prefix.finished, prefix.failed):
        return None
    share = prefix.failed / prefix.finished
    numbers = f"{prefix.failed} of {prefix.finished}, `failedRatio` allows {percent(limit.greater_than)}"
    return StopCause(f"{percent(share)} of the finished trials failed ({numbers})")


KIND = StopRuleKind("failed_ratio", conditions.TOO_MANY_FAILED_TRIALS, _cause)
