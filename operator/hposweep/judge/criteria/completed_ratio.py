"""`completedRatio`: enough of the finished trials are complete or pruned."""

from __future__ import annotations

from hposweep.api.criteria import CompletedRatio
from hposweep.api.spec import Spec
from hposweep.judge.criteria.kind import CriterionKind, FailureTolerance
from hposweep.judge.criteria.ratios import ratio_verdict
from hposweep.judge.criteria.verdicts import percent, unreadable
from hposweep.judge.evidence import Evidence
from hposweep.model.verdicts import CriterionVerdict


class CompletedRatioKind(CriterionKind[CompletedRatio]):
    """Every finished trial that is not completed has failed, so the ratio allows the rest to fail."""

    field = "completed_ratio"
    stop_refusal = "use `failedRatio`, which counts the other trials."

    def verdict(self, criterion: CompletedRatio, evidence: Evidence) -> CriterionVerdict:
        requirement = f"at least {percent(criterion.min)} of the finished trials complete or pruned"
        if evidence.study is None:
            return unreadable(self.name, requirement, criterion.min)
        counts = evidence.study.counts
        part = counts.complete + counts.pruned
        return ratio_verdict(self.name, requirement, part, counts.finished, criterion.min, 1, evidence)

    def failure_tolerance(self, criterion: CompletedRatio) -> FailureTolerance:
        return FailureTolerance("min", 1 - criterion.min)

    def is_alike(self, first: CompletedRatio, second: CompletedRatio, spec: Spec) -> bool:
        return True

    def implies(self, first: CompletedRatio, second: CompletedRatio, spec: Spec) -> bool:
        return first.min >= second.min


KIND = CompletedRatioKind()
