"""`improvementIsReal`: the best is better than the baseline's best also when both are evaluated anew.

Only retrained champions can tell. A search alone cannot: its best is a best of many, and more trials have a higher one
for nothing. So this stays Unknown, and shows what a comparison at equal budget says.
"""

from __future__ import annotations

from hposweep.api.criteria import ImprovementIsReal
from hposweep.judge.baseline import MissingBaseline, reference
from hposweep.judge.comparison import compare
from hposweep.judge.criteria.kind import CriterionKind
from hposweep.judge.criteria.verdicts import percent, unreadable
from hposweep.judge.evidence import Evidence
from hposweep.model.verdicts import CriterionVerdict, Outcome

NAME = "improvementIsReal"


def improvement_is_real(criterion: ImprovementIsReal, evidence: Evidence) -> CriterionVerdict:
    wish = f"better than the baseline with {percent(criterion.confidence)} confidence"
    if evidence.study is None or evidence.history is None:
        return unreadable(NAME, wish)
    found = reference(evidence, 0)
    if isinstance(found, MissingBaseline):
        message = f"{wish}: {found.message}"
        return CriterionVerdict(NAME, Outcome.UNKNOWN, message, cannot_tell=found.is_temporary)
    comparison = compare(evidence)
    assert comparison is not None  # noqa: S101  # there is a baseline
    message = f"{wish}: needs champions evaluated anew, and the sweep has none; until then {comparison.message}"
    trials = len(evidence.history.searched)
    return CriterionVerdict(NAME, Outcome.UNKNOWN, message, trials=trials, evidence=comparison.evidence)


class ImprovementIsRealKind(CriterionKind[ImprovementIsReal]):
    """It always compares with the baseline."""

    field = "improvement_is_real"

    def verdict(self, criterion: ImprovementIsReal, evidence: Evidence) -> CriterionVerdict:
        return improvement_is_real(criterion, evidence)

    def baseline_field(self, criterion: ImprovementIsReal) -> str | None:
        return self.name


KIND = ImprovementIsRealKind()
