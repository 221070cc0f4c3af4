"""`improvementIsReal`: the best is better than the baseline's best also when both are evaluated again.

Only champions that are trained again (`spec.champions`) can show it. A search cannot: its best is a best of many, and a
larger search finds a better best by chance alone. Until then this is Unknown, and shows a comparison at equal budget.
"""

from __future__ import annotations

from hposweep.api.criteria import ImprovementIsReal
from hposweep.judge.baseline import MissingBaseline, reference
from hposweep.judge.comparison import compare
from hposweep.judge.criteria.kind import CriterionKind
from hposweep.judge.criteria.verdicts import percent, unreadable
from hposweep.judge.evidence import Evidence
from hposweep.model.champions import ChampionsResult
from hposweep.model.verdicts import CriterionVerdict, Outcome
from hposweep.text import count


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
        if evidence.champions is not None and evidence.champions.baseline is not None:
            return _by_champions(self.name, requirement, 1 - criterion.confidence, evidence.champions)
        comparison = compare(evidence)
        assert comparison is not None  # noqa: S101  # there is a baseline
        message = (
            f"{requirement}: needs champions that are trained again (`spec.champions`); until then {comparison.message}"
        )
        trials = len(evidence.history.searched)
        return CriterionVerdict(self.name, Outcome.UNKNOWN, message, trials=trials, evidence=comparison.evidence)

    def baseline_field(self, criterion: ImprovementIsReal) -> str | None:
        return self.name


def _by_champions(name: str, requirement: str, level: float, result: ChampionsResult) -> CriterionVerdict:
    """Return the verdict by the best champion: True when it beats the baseline, False when all are behind it."""
    entries = [entry for entry in result.champions if entry.baseline_p is not None and entry.behind_p is not None]
    if not entries:
        return CriterionVerdict(name, Outcome.UNKNOWN, f"{requirement}: no champion has a value", evidence={})
    best = min(entries, key=lambda entry: entry.baseline_p or 0.0)
    is_behind = all((entry.behind_p or 0.0) <= level for entry in entries)
    is_better = (best.baseline_p or 0.0) <= level
    outcome = Outcome.TRUE if is_better else Outcome.FALSE if is_behind else Outcome.UNKNOWN
    message = (
        f"{requirement}: champion {best.champion.rank} has a mean of {best.mean or 0.0:.6g} over "
        f"{count(len(best.values), 'seed')}, baseline {result.baseline or 0.0:.6g}, corrected p {best.baseline_p:.2g}"
    )
    numbers = {"champion": best.champion.rank, "mean": best.mean, "baseline": result.baseline, "p": best.baseline_p}
    return CriterionVerdict(name, outcome, message, value=best.mean, trials=len(best.values), evidence=numbers)


KIND = ImprovementIsRealKind()
