"""`bestValue`: the best value is beyond a number, or beyond the baseline's by a share of it."""

from __future__ import annotations

from dataclasses import dataclass

from hposweep.api.criteria import BestValue
from hposweep.api.spec import Spec
from hposweep.judge.baseline import MissingBaseline, improved, reference
from hposweep.judge.criteria.kind import CriterionKind, ParameterReference
from hposweep.judge.criteria.threshold import threshold_of
from hposweep.judge.criteria.verdicts import not_reached, unreadable
from hposweep.judge.criteria.where import brief_name, trials_where, words
from hposweep.judge.evidence import Evidence
from hposweep.judge.sample import MIN_VALUED_TRIALS
from hposweep.judge.study_from_trials import best_value
from hposweep.model.history import COMPLETE
from hposweep.model.trials import BestObjectiveValue
from hposweep.model.verdicts import CriterionVerdict, Outcome

NAME = "bestValue"
# A best value "beyond" its threshold by no more than rounding is not beyond it.
RELATIVE_TOLERANCE = 1e-12
# Simulated: the best of 100 is 2.0 (random search) to 2.5 (TPE) standard deviations of the noise above its true value.
_NOISE = (
    "this is a single evaluation: if values are noisy, the best of 100 is 2 to 2.5 standard deviations of the noise "
    "beyond its own mean"
)

_WITHOUT_VALUE = "no complete trial has a finite value and keeps the constraints"


@dataclass(frozen=True, slots=True)
class _Demand:
    """The threshold as a number, and its origin."""

    threshold: float
    is_above: bool
    baseline: float | None = None
    share: str = ""

    @property
    def note(self) -> str:
        return "" if self.baseline is None else f" (baseline {self.baseline:.6g} improved by {self.share})"


@dataclass(frozen=True, slots=True)
class _Candidates:
    """The trials that count: the best of them, how many are complete, and how many have a value where that is known."""

    best: BestObjectiveValue | None
    complete: int
    value_count: int | None


def _verdict(criterion: BestValue, evidence: Evidence) -> CriterionVerdict:
    position, goal = evidence.goal(criterion.objective)
    demand, subject = _demand(criterion, evidence, position), f"{goal.name}{words(criterion.where)}"
    if isinstance(demand, MissingBaseline):
        message = f"{subject} better than the baseline's by {criterion.improves_baseline_by}: {demand.message}"
        cannot_tell = demand.is_temporary or evidence.study is None
        return CriterionVerdict(NAME, Outcome.UNKNOWN, message, cannot_tell=cannot_tell)
    requirement = f"{subject} {'>' if demand.is_above else '<'} {demand.threshold:g}{demand.note}"
    candidates = _candidates(criterion, evidence, position)
    if candidates is None:
        return unreadable(NAME, requirement, demand.threshold)
    return _compare(demand, requirement, candidates, evidence)


def _candidates(criterion: BestValue, evidence: Evidence, position: int) -> _Candidates | None:
    """Return None when the trials cannot be read."""
    study, history = evidence.study, evidence.history
    if study is None or (criterion.where and history is None):
        return None
    if not criterion.where or history is None:
        best = study.best.by_objective[position] if study.best.by_objective else None
        return _Candidates(best, study.counts.complete, None if history is None else len(history.valued))
    trials = trials_where(history, criterion.where)
    complete = sum(trial.state == COMPLETE for trial in trials)
    best = best_value(trials, position, evidence.goals[position])
    return _Candidates(best, complete, sum(trial.is_valued for trial in trials))


def _compare(demand: _Demand, requirement: str, candidates: _Candidates, evidence: Evidence) -> CriterionVerdict:
    numbers = {} if demand.baseline is None else {"baseline": demand.baseline}
    best, threshold, trials = candidates.best, demand.threshold, candidates.value_count
    if best is None:
        message = f"{requirement}: {_WITHOUT_VALUE if candidates.complete else 'no trial is complete'}"
        outcome = not_reached(evidence)
        return CriterionVerdict(NAME, outcome, message, threshold=threshold, trials=trials, evidence=numbers)
    margin = (best.value - threshold) if demand.is_above else (threshold - best.value)
    is_beyond = margin > RELATIVE_TOLERANCE * max(abs(best.value), abs(threshold))
    message = f"{requirement}: best {best.value:.6g} (trial {best.number}), margin {margin:+.3g}"
    if is_beyond and trials is not None and trials >= MIN_VALUED_TRIALS:
        message += f"; {_NOISE}"
    outcome = Outcome.TRUE if is_beyond else not_reached(evidence)
    numbers["trial"] = best.number
    return CriterionVerdict(NAME, outcome, message, best.value, threshold, margin, trials, numbers)


def _demand(criterion: BestValue, evidence: Evidence, position: int) -> _Demand | MissingBaseline:
    if criterion.greater_than is not None:
        return _Demand(criterion.greater_than, is_above=True)
    if criterion.less_than is not None:
        return _Demand(criterion.less_than, is_above=False)
    share = criterion.improves_baseline_by
    assert share is not None  # noqa: S101  # the schema demands exactly one
    baseline = reference(evidence, position)
    if isinstance(baseline, MissingBaseline):
        return baseline
    if baseline == 0:
        return MissingBaseline("the baseline is 0, and a share of 0 is 0. Use `greaterThan` or `lessThan`")
    is_above = evidence.goals[position].is_maximized
    threshold = improved(baseline, float(share.strip().removesuffix("%")) / 100, is_maximized=is_above)
    return _Demand(threshold, is_above, baseline, share)


class BestValueKind(CriterionKind[BestValue]):
    """Two are about the same quantity when they bound the same objective of the same trials on the same side."""

    field = "best_value"
    stop_refusal = None

    def verdict(self, criterion: BestValue, evidence: Evidence) -> CriterionVerdict:
        return _verdict(criterion, evidence)

    def restrictions(self, criterion: BestValue) -> tuple[ParameterReference, ...]:
        items = (criterion.where or {}).items()
        return tuple(ParameterReference(f"where.{brief_name(name)}", name, "", value) for name, value in items)

    def objective(self, criterion: BestValue) -> str | None:
        return criterion.objective

    def baseline_field(self, criterion: BestValue) -> str | None:
        return None if criterion.improves_baseline_by is None else f"{self.name}.improvesBaselineBy"

    def is_alike(self, first: BestValue, second: BestValue, spec: Spec) -> bool:
        of_first, of_second = threshold_of(spec, first), threshold_of(spec, second)
        if of_first is None or of_second is None:
            return False
        return of_first.is_about_the_same(of_second) and of_first.is_above == of_second.is_above

    def implies(self, first: BestValue, second: BestValue, spec: Spec) -> bool:
        of_first, of_second = threshold_of(spec, first), threshold_of(spec, second)
        return of_first is not None and of_second is not None and of_first.implies(of_second)


KIND = BestValueKind()
