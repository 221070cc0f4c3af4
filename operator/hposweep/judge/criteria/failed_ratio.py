"""`failedRatio`: few enough of the finished trials failed by their own fault."""

from __future__ import annotations

from hposweep.api.criteria import FailedRatio
from hposweep.api.spec import Spec
from hposweep.judge.criteria.kind import CriterionKind, FailureTolerance
from hposweep.judge.criteria.ratios import ratio_verdict
from hposweep.judge.criteria.verdicts import percent, unreadable
from hposweep.judge.evidence import Evidence
from hposweep.model.verdicts import CriterionVerdict


class FailedRatioKind(CriterionKind[FailedRatio]):
    """The smaller ratio is the stricter one."""

    field = "failed_ratio"
    stop_refusal = None

    def verdict(self, criterion: FailedRatio, evidence: Evidence) -> CriterionVerdict:
        requirement = f"at most {percent(criterion.max)} of the finished trials failed"
        if evidence.study is None:
            return unreadable(self.name, requirement, criterion.max)
        counts = evidence.study.counts
        failed = counts.charged_failures
        return ratio_verdict(self.name, requirement, failed, counts.finished, criterion.max, -1, evidence)

    def failure_tolerance(self, criterion: FailedRatio) -> FailureTolerance:
        return FailureTolerance("max", criterion.max)

    def is_alike(self, first: FailedRatio, second: FailedRatio, spec: Spec) -> bool:
        return True

    def implies(self, first: FailedRatio, second: FailedRatio, spec: Spec) -> bool:
        return first.max <= second.max


KIND = FailedRatioKind()
