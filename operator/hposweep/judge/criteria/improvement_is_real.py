"""`improvementIsReal`: the best is better than the baseline's best also when both are evaluated again.

Only champions that are trained again can show it. A search cannot: its best is a best of many, and a larger search
finds a better best by chance alone. So this stays Unknown, and shows a comparison at equal budget.
"""

from __future__ import annotations

from hposweep.api.criteria import ImprovementIsReal
from hposweep.judge.baseline import MissingBaseline, reference
from hposweep.judge.comparison import compare
from hposweep.judge.criteria.kind import CriterionKind
from hposweep.judge.criteria.verdicts import percent, unreadable
from hposweep.judge.evidence import Evidence
from hposweep.model.verdicts import CriterionVerdict, Outcome


class ImprovementIsRealKind(CriterionKind[ImprovementIsReal]):
    """It always compares with the baseline."""

    field = "improvement_is_real"

    def verdict(self, criterion: ImprovementIsReal, evidence: Evidence) -> CriterionVerdict:
        requirement = f"better than the baseline with {percent(criterion.confidence)} confidence"
        if evidence.study is None or evidence.history is None:
            return unreadable(self.name, requirement)
        baseline = reference(evidence, 0)
        if isinstance(baseline, MissingBaseline):
            message = f"{requirement}: {baseline.message}"
            return CriterionVerdict(self.name, Outcome.UNKNOWN, message, cannot_tell=baseline.is_temporary)
        comparison = compare(evidence)
        assert comparison is not None  # noqa: S101  # there is a baseline
        message = (
            f"{requirement}: needs champions that are evaluated again, and the sweep has none; until then "
            f"{comparison.message}"
        )
        trials = len(evidence.history.searched)
        return CriterionVerdict(self.name, Outcome.UNKNOWN, message, trials=trials, evidence=comparison.evidence)

    def baseline_field(self, criterion: ImprovementIsReal) -> str | None:
        return self.name


KIND = ImprovementIsRealKind()
