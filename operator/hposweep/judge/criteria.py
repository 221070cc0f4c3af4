"""Success criteria: each to a verdict with value, threshold and margin. Called once per pass by `verdicts`.

Before the sweep has ended a criterion that does not hold yet is Unknown; only the end makes it False. A source that
failed makes everything Unknown: an error is not a failure.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from hposweep.api.criteria import BestValue, Criterion, TrialsFinished
from hposweep.api.names import KNOWN_TIERS
from hposweep.api.spec import Goal
from hposweep.model.trials import Study
from hposweep.model.verdicts import CriterionVerdict, Outcome, TierVerdict

# A best value "beyond" its threshold by no more than rounding is not beyond it.
RELATIVE_TOLERANCE = 1e-12


def tiers(
    success: Mapping[str, tuple[Criterion, ...]], goals: Sequence[Goal], study: Study | None, *, has_ended: bool
) -> tuple[TierVerdict, ...]:
    """All tiers, the known ones first. `study` is None when it could not be read."""
    names = [tier for tier in KNOWN_TIERS if tier in success]
    names += sorted(tier for tier in success if tier not in KNOWN_TIERS)
    return tuple(_tier(name, success[name], goals, study, has_ended=has_ended) for name in names)


def _tier(
    name: str, criteria: tuple[Criterion, ...], goals: Sequence[Goal], study: Study | None, *, has_ended: bool
) -> TierVerdict:
    verdicts = tuple(_criterion(criterion, goals, study, has_ended=has_ended) for criterion in criteria)
    return TierVerdict(name, all_of(verdict.outcome for verdict in verdicts), verdicts, cannot_tell=study is None)


def all_of(outcomes: Iterable[Outcome]) -> Outcome:
    """True when all are True, False when one is False, else Unknown."""
    seen = set(outcomes)
    if Outcome.FALSE in seen:
        return Outcome.FALSE
    return Outcome.UNKNOWN if Outcome.UNKNOWN in seen else Outcome.TRUE


def _criterion(
    criterion: Criterion, goals: Sequence[Goal], study: Study | None, *, has_ended: bool
) -> CriterionVerdict:
    if criterion.best_value is not None:
        return _best_value(criterion.best_value, goals, study, has_ended=has_ended)
    assert criterion.trials_finished is not None  # noqa: S101  # the schema demands exactly one
    return _trials_finished(criterion.trials_finished, study, has_ended=has_ended)


def _best_value(
    criterion: BestValue, goals: Sequence[Goal], study: Study | None, *, has_ended: bool
) -> CriterionVerdict:
    is_above = criterion.greater_than is not None
    threshold = criterion.greater_than if criterion.greater_than is not None else criterion.less_than
    assert threshold is not None  # noqa: S101  # the schema demands exactly one
    place = next((place for place, goal in enumerate(goals) if goal.name == criterion.objective), 0)
    wish = f"{goals[place].name} {'>' if is_above else '<'} {threshold:g}"
    if study is None:
        return CriterionVerdict("bestValue", Outcome.UNKNOWN, f"{wish}: the study cannot be read", threshold=threshold)
    best = study.best.by_objective[place] if study.best.by_objective else None
    if best is None:
        outcome = _not_reached(has_ended=has_ended)
        return CriterionVerdict("bestValue", outcome, f"{wish}: no trial is complete", threshold=threshold)
    value = best.value
    margin = (value - threshold) if is_above else (threshold - value)
    is_beyond = margin > RELATIVE_TOLERANCE * max(abs(value), abs(threshold))
    outcome = Outcome.TRUE if is_beyond else _not_reached(has_ended=has_ended)
    message = f"{wish}: best {value:.6g} (trial {best.number}), margin {margin:+.3g}"
    return CriterionVerdict("bestValue", outcome, message, value, threshold, margin)


def _trials_finished(criterion: TrialsFinished, study: Study | None, *, has_ended: bool) -> CriterionVerdict:
    wish = f"at least {criterion.min} trials finished"
    if study is None:
        message = f"{wish}: the study cannot be read"
        return CriterionVerdict("trialsFinished", Outcome.UNKNOWN, message, threshold=criterion.min)
    finished = study.counts.finished
    outcome = Outcome.TRUE if finished >= criterion.min else _not_reached(has_ended=has_ended)
    margin = finished - criterion.min
    return CriterionVerdict("trialsFinished", outcome, f"{wish}: {finished}", finished, criterion.min, margin)


def _not_reached(*, has_ended: bool) -> Outcome:
    return Outcome.FALSE if has_ended else Outcome.UNKNOWN
