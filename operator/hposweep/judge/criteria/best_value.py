"""`bestValue`: the best value lies beyond a number, or beyond the baseline's by a share of it."""

from __future__ import annotations

from dataclasses import dataclass

from hposweep.api.criteria import BestValue
from hposweep.api.spec import Spec
from hposweep.judge.baseline import MissingBaseline, improved, reference
from hposweep.judge.criteria.kind import CriterionKind
from hposweep.judge.criteria.threshold import threshold_of
from hposweep.judge.criteria.verdicts import not_reached, unreadable
from hposweep.judge.evidence import Evidence
from hposweep.judge.sample import FEWEST_VALUED
from hposweep.model.verdicts import CriterionVerdict, Outcome

NAME = "bestValue"
# A best value "beyond" its threshold by no more than rounding is not beyond it.
RELATIVE_TOLERANCE = 1e-12
# Simulated: the best of 100 is 2.0 (random search) to 2.5 (TPE) standard deviations of the noise above its true value.
_NOISE = "one evaluation: where values are noisy, the best of 100 lies 2 to 2.5 sd of the noise beyond its own mean"


@dataclass(frozen=True, slots=True)
class _Aim:
    """The threshold as a number, and how it came about."""

    threshold: float
    is_above: bool
    baseline: float | None = None
    share: str = ""

    @property
    def note(self) -> str:
        return "" if self.baseline is None else f" (baseline {self.baseline:.6g} improved by {self.share})"


def best_value(criterion: BestValue, evidence: Evidence) -> CriterionVerdict:
    place, goal = evidence.goal(criterion.objective)
    aim = _aim(criterion, evidence, place)
    if isinstance(aim, MissingBaseline):
        message = f"{goal.name} beyond the baseline's by {criterion.improves_baseline_by}: {aim.message}"
        return CriterionVerdict(NAME, Outcome.UNKNOWN, message, cannot_tell=aim.is_temporary or evidence.study is None)
    threshold = aim.threshold
    wish = f"{goal.name} {'>' if aim.is_above else '<'} {threshold:g}{aim.note}"
    if evidence.study is None:
        return unreadable(NAME, wish, threshold)
    numbers = {} if aim.baseline is None else {"baseline": aim.baseline}
    best = evidence.study.best.by_objective[place] if evidence.study.best.by_objective else None
    trials = None if evidence.history is None else len(evidence.history.valued)
    if best is None:
        message = f"{wish}: no trial is complete"
        outcome = not_reached(evidence)
        return CriterionVerdict(NAME, outcome, message, threshold=threshold, trials=trials, evidence=numbers)
    margin = (best.value - threshold) if aim.is_above else (threshold - best.value)
    is_beyond = margin > RELATIVE_TOLERANCE * max(abs(best.value), abs(threshold))
    message = f"{wish}: best {best.value:.6g} (trial {best.number}), margin {margin:+.3g}"
    if is_beyond and trials is not None and trials >= FEWEST_VALUED:
        message += f"; {_NOISE}"
    return CriterionVerdict(
        NAME,
        Outcome.TRUE if is_beyond else not_reached(evidence),
        message,
        best.value,
        threshold,
        margin,
        trials,
        {**numbers, "trial": best.number},
    )


def _aim(criterion: BestValue, evidence: Evidence, place: int) -> _Aim | MissingBaseline:
    if criterion.greater_than is not None:
        return _Aim(criterion.greater_than, is_above=True)
    if criterion.less_than is not None:
        return _Aim(criterion.less_than, is_above=False)
    share = criterion.improves_baseline_by
    assert share is not None  # noqa: S101  # the schema demands exactly one
    baseline = reference(evidence, place)
    if isinstance(baseline, MissingBaseline):
        return baseline
    if baseline == 0:
        return MissingBaseline("the baseline is 0, of which no share can be taken; use `greaterThan` or `lessThan`")
    is_above = evidence.goals[place].is_maximized
    wanted = improved(baseline, float(share.strip().removesuffix("%")) / 100, is_maximized=is_above)
    return _Aim(wanted, is_above, baseline, share)


class BestValueKind(CriterionKind[BestValue]):
    """Two are about the same quantity when they bound the same objective on the same side."""

    field = "best_value"

    def verdict(self, criterion: BestValue, evidence: Evidence) -> CriterionVerdict:
        return best_value(criterion, evidence)

    def objective(self, criterion: BestValue) -> str | None:
        return criterion.objective

    def baseline_field(self, criterion: BestValue) -> str | None:
        return None if criterion.improves_baseline_by is None else f"{self.name}.improvesBaselineBy"

    def is_alike(self, one: BestValue, other: BestValue, spec: Spec) -> bool:
        mine, yours = threshold_of(spec, one), threshold_of(spec, other)
        if mine is None or yours is None:
            return False
        return mine.goal.name == yours.goal.name and mine.is_above == yours.is_above

    def implies(self, one: BestValue, other: BestValue, spec: Spec) -> bool:
        mine, yours = threshold_of(spec, one), threshold_of(spec, other)
        return mine is not None and yours is not None and mine.implies(yours)


KIND = BestValueKind()
