"""The trials with which the sweep may end, so that workers let the operator judge them before they start others.

Called by `judge`; `plan.control` hands it to the workers in the control block.
"""

from __future__ import annotations

from collections.abc import Iterator

from hposweep.api.criteria import SingleCriterion
from hposweep.api.spec import Spec
from hposweep.api.stop_rules import NoImprovement
from hposweep.judge.criteria.criterion import verdict
from hposweep.judge.evidence import Evidence
from hposweep.judge.failures import max_failed
from hposweep.judge.stop_when.failed_ratio import failure_limit
from hposweep.judge.stop_when.prefix import Prefix, prefixes
from hpotrial.protocol.control import Goal, Review


def review(spec: Spec, evidence: Evidence) -> Review | None:
    """Return every goal, every limit of failures, and the number of finished trials that may use up patience."""
    limit = spec.trials.max_failed
    failures = max_failed(limit, spec.trials.max) if limit is not None else None
    if not spec.stop_when:
        return Review(max_failed=failures) if failures is not None else None
    if evidence.history is None:
        return None
    all_prefixes = prefixes(evidence.history, [goal.is_maximized for goal in evidence.goals])
    last = all_prefixes[-1] if all_prefixes else None
    earliest = [_earliest(rule.no_improvement, last) for rule in spec.stop_when if rule.no_improvement is not None]
    limits = tuple(failure_limit(rule.failed_ratio) for rule in spec.stop_when if rule.failed_ratio is not None)
    result = Review(tuple(_goals(spec, evidence)), min(earliest, default=None), limits, failures)
    return result if result != Review() else None


def _goals(spec: Spec, evidence: Evidence) -> Iterator[Goal]:
    for rule in spec.stop_when:
        if rule.best_value is None:
            continue
        threshold = verdict(SingleCriterion(best_value=rule.best_value), evidence).threshold
        place, goal = evidence.goal(rule.best_value.objective)
        is_above = rule.best_value.greater_than is not None or (rule.best_value.less_than is None and goal.is_maximized)
        if threshold is not None:
            yield Goal(place, threshold, is_above, rule.best_value.where or {})


def _earliest(patience: NoImprovement, last: Prefix | None) -> int:
    """Return the number of finished trials, if all that follow count and none is better."""
    if last is None:
        return max(patience.trials + 1, patience.min_trials)
    since = last.tried_since_best
    missing = patience.trials + 1 if since is None else patience.trials - since
    return last.finished + max(1, missing, patience.min_trials - last.tried)
