"""`eliteShare`: a choice wins when it has its share of the elite and is better than the others at equal age.

The share alone proves nothing: an adaptive sampler copies what looked good early, and ends with nine trials in ten of
one choice when there is no difference at all. So the share says how much, and a test says whether: contrast pairs when
there are enough, else the stratified rank test.
"""

from __future__ import annotations

from collections.abc import Hashable, Mapping
from dataclasses import dataclass
from typing import Any

from hposweep.api.criteria import EliteShare
from hposweep.api.spec import Spec
from hposweep.judge.criteria.categorical import choices, key, label, made, p_better
from hposweep.judge.criteria.kind import CriterionKind, ParameterDomain, ParameterReference
from hposweep.judge.criteria.pairs import FEWEST_PAIRS, pair_test
from hposweep.judge.criteria.verdicts import (
    APPROXIMATE,
    EXACT,
    ROUNDING,
    corrected,
    is_significant,
    p_words,
    percent,
    so_far,
    too_few,
    unreadable,
)
from hposweep.judge.evidence import Evidence
from hposweep.judge.sample import FEWEST_VALUED, Sample, sample
from hposweep.judge.statistics import wilson
from hposweep.model.history import History
from hposweep.model.verdicts import CriterionVerdict, Outcome

NAME = "eliteShare"


@dataclass(frozen=True, slots=True)
class _Choice:
    """One choice in numbers. `p`: that it is better than the others, before the correction; `pairs`: by contrast."""

    name: str
    trials: int
    elite: int
    share: float
    sampled: float
    p: float | None
    pairs: int | None  # None: by the stratified rank test

    @property
    def limit(self) -> float:
        return APPROXIMATE if self.pairs is None else EXACT

    @property
    def lift(self) -> float:
        return self.share / self.sampled if self.sampled else 0.0


def elite_share(criterion: EliteShare, evidence: Evidence) -> CriterionVerdict:
    wish = _wish(criterion)
    threshold = criterion.min if criterion.min is not None else criterion.min_lift
    history = evidence.history
    if evidence.study is None or history is None:
        return unreadable(NAME, wish, threshold)
    drawn = sample(evidence, history, criterion.parameter)
    offered = choices(evidence, history, criterion.parameter, drawn)
    if drawn.n and not offered:
        message = f"{wish}: `{criterion.parameter}` is a number, and only choices have shares"
        return CriterionVerdict(NAME, Outcome.UNKNOWN, message, threshold=threshold, trials=drawn.n)
    if drawn.n < FEWEST_VALUED:
        return too_few(NAME, wish, criterion.parameter, drawn.n, threshold)
    asked = offered if criterion.value is None else (*offered, criterion.value)
    measured = _measured(evidence, history, criterion.parameter, asked, drawn)
    if criterion.value is None:
        # Ties go to the choice that had fewer trials to get there, then to the spec's order.
        chosen = max(measured, key=lambda name: (measured[name].elite, -measured[name].trials))
    else:
        chosen = key(criterion.value)
    rivals = [choice for name, choice in measured.items() if name != chosen]
    return _verdict(criterion, evidence, wish, measured[chosen], rivals, drawn)


def _wish(criterion: EliteShare) -> str:
    who = f"a choice of {criterion.parameter}"
    if criterion.value is not None:
        who = f"{criterion.parameter} {label(criterion.value)}"
    parts = [] if criterion.min is None else [f"at least {percent(criterion.min)} of the elite"]
    parts += [] if criterion.min_lift is None else [f"a lift of at least {criterion.min_lift:g}"]
    return f"{who} with {' and '.join(parts)}"


def _measured(
    evidence: Evidence, history: History, parameter: str, asked: tuple[Any, ...], drawn: Sample
) -> dict[Hashable, _Choice]:
    """By key. As soon as one choice has enough contrast pairs they are the test: of all choices, or none."""
    tests = {key(choice): pair_test(evidence, history, parameter, choice) for choice in asked}
    is_paired = any(test.pairs >= FEWEST_PAIRS for test in tests.values())
    everyone = made(history, parameter, drawn)
    found: dict[Hashable, _Choice] = {}
    for choice in asked:
        mine, test = everyone.by(choice), tests[key(choice)]
        trials, elite = int(mine.sum()), int(mine[drawn.elite].sum())
        if is_paired:
            p = test.p if test.pairs >= FEWEST_PAIRS else None
        else:
            p = p_better(evidence, history, parameter, choice)
        found[key(choice)] = _Choice(
            name=label(choice),
            trials=trials,
            elite=elite,
            share=elite / len(drawn.elite),
            sampled=trials / drawn.n,
            p=p,
            pairs=test.pairs if is_paired else None,
        )
    return found


def _verdict(
    criterion: EliteShare, evidence: Evidence, wish: str, chosen: _Choice, rivals: list[_Choice], drawn: Sample
) -> CriterionVerdict:
    looked_at, size = len(rivals) + 1, len(drawn.elite)
    low, high = wilson(chosen.elite, size)
    winner = next((rival for rival in rivals if is_significant(rival.p, looked_at, rival.limit)), None)
    has_share = criterion.min is None or chosen.share >= criterion.min - ROUNDING
    has_lift = criterion.min_lift is None or chosen.lift >= criterion.min_lift - ROUNDING
    is_better = is_significant(chosen.p, looked_at, chosen.limit)
    misses_share = criterion.min is not None and high < criterion.min
    misses_lift = criterion.min_lift is not None and chosen.sampled > 0 and high / chosen.sampled < criterion.min_lift
    numbers = (
        f"{chosen.name} has {chosen.elite} of {size} elite trials ({percent(chosen.share)}, 90 % interval "
        f"{100 * low:.0f} to {100 * high:.0f} %) and {chosen.trials} of all {drawn.n} ({percent(chosen.sampled)}), "
        f"lift {chosen.lift:.2f}"
    )
    test = _test_words(chosen, looked_at)
    if has_share and has_lift and is_better and winner is None:
        outcome, rest = Outcome.TRUE, f"and is better than the others {test}"
    elif winner is not None:
        outcome, rest = Outcome.FALSE, f"but {winner.name} is better {_test_words(winner, looked_at)}"
    elif misses_share or misses_lift:
        outcome, rest = Outcome.FALSE, f"which is too little; against the others {test}"
    elif is_better:
        outcome, rest = Outcome.UNKNOWN, f"and is better than the others {test}, but its share cannot be told apart"
    else:
        outcome, rest = Outcome.UNKNOWN, f"no evidence that {chosen.name} is better {test}"
    if outcome == Outcome.FALSE and not evidence.has_ended:
        outcome = Outcome.UNKNOWN
    value, threshold = (chosen.lift, criterion.min_lift) if criterion.min is None else (chosen.share, criterion.min)
    return CriterionVerdict(
        NAME,
        outcome,
        f"{wish}: {so_far(evidence)}{numbers}; {rest}",
        value,
        threshold,
        None if threshold is None else value - threshold,
        drawn.n,
        _evidence(chosen, rivals, size, (low, high)),
    )


def _test_words(choice: _Choice, looked_at: int) -> str:
    how = f"by {choice.pairs} contrast pairs" if choice.pairs is not None else "at equal age"
    return f"{how} ({p_words(corrected(choice.p, looked_at))}, corrected for {looked_at} choices)"


def _evidence(chosen: _Choice, rivals: list[_Choice], size: int, interval: tuple[float, float]) -> Mapping[str, Any]:
    everyone = sorted([chosen, *rivals], key=lambda choice: choice.name)
    return {
        "choice": chosen.name,
        "share": chosen.share,
        "low": interval[0],
        "high": interval[1],
        "sampledShare": chosen.sampled,
        "lift": chosen.lift,
        "p": chosen.p,
        "pCorrected": corrected(chosen.p, len(everyone)),
        "choices": len(everyone),
        "elite": size,
        "pairs": chosen.pairs,
        "trialsPerChoice": {choice.name: choice.trials for choice in everyone},
    }


class EliteShareKind(CriterionKind[EliteShare]):
    """Two are about the same quantity when both demand a share of one parameter's choices."""

    field = "elite_share"
    domain = ParameterDomain.CATEGORICAL
    uses_elite = True

    def verdict(self, criterion: EliteShare, evidence: Evidence) -> CriterionVerdict:
        return elite_share(criterion, evidence)

    def references(self, criterion: EliteShare) -> tuple[ParameterReference, ...]:
        choice_field = "" if criterion.value is None else "value"
        return (ParameterReference("parameter", criterion.parameter, choice_field, criterion.value),)

    def is_alike(self, one: EliteShare, other: EliteShare, spec: Spec) -> bool:
        return one.parameter == other.parameter and one.min is not None and other.min is not None

    def implies(self, one: EliteShare, other: EliteShare, spec: Spec) -> bool:
        if not self.is_alike(one, other, spec) or other.value not in (None, one.value):
            return False
        return (one.min or 0.0) >= (other.min or 0.0)


KIND = EliteShareKind()
