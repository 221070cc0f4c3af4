"""`eliteShare`: a choice wins when it has its share of the elite and is better than the others at equal age.

The share alone proves nothing: an adaptive sampler copies early good values, and ends with nine trials in ten of one
choice when there is no difference at all. So the share says how much, and a test says whether: contrast pairs when
there are enough, else the stratified rank test.
"""

from __future__ import annotations

from collections.abc import Callable
from enum import Enum, auto

from hposweep.api.criteria import EliteShare
from hposweep.api.spec import Spec
from hposweep.judge.criteria.categorical import choices, label
from hposweep.judge.criteria.elite_facts import ChoiceFacts, EliteFacts, measure
from hposweep.judge.criteria.kind import CriterionKind, ParameterDomain, ParameterReference
from hposweep.judge.criteria.verdicts import corrected, p_words, percent, so_far, too_few, unreadable
from hposweep.judge.evidence import Evidence
from hposweep.judge.sample import MIN_VALUED_TRIALS, sample
from hposweep.model.verdicts import CriterionVerdict, Outcome


class Reason(Enum):
    """Why a choice has won, has lost, or cannot be told."""

    WINS = auto()
    A_RIVAL_WINS = auto()
    TOO_LITTLE = auto()
    SHARE_IS_UNCLEAR = auto()
    NO_EVIDENCE = auto()


# The first condition that holds decides.
DECISIONS: tuple[tuple[Callable[[EliteFacts], bool], Outcome, Reason], ...] = (
    (lambda facts: facts.has_enough and facts.is_better and facts.better_rival is None, Outcome.TRUE, Reason.WINS),
    (lambda facts: facts.better_rival is not None, Outcome.FALSE, Reason.A_RIVAL_WINS),
    (lambda facts: facts.is_surely_too_little, Outcome.FALSE, Reason.TOO_LITTLE),
    (lambda facts: facts.is_better, Outcome.UNKNOWN, Reason.SHARE_IS_UNCLEAR),
    (lambda facts: True, Outcome.UNKNOWN, Reason.NO_EVIDENCE),
)


def decide(facts: EliteFacts, *, has_ended: bool) -> tuple[Outcome, Reason]:
    """Return the outcome and its reason. Before the end nothing is False: it may still change."""
    outcome, reason = next((outcome, reason) for holds, outcome, reason in DECISIONS if holds(facts))
    return (Outcome.UNKNOWN if outcome is Outcome.FALSE and not has_ended else outcome), reason


def word(facts: EliteFacts, reason: Reason) -> str:
    """Return the numbers of the choice and the reason as a sentence."""
    choice = facts.choice
    numbers = (
        f"{choice.name} has {choice.elite} of {facts.elite} elite trials ({percent(choice.share)}, 90 % interval "
        f"{100 * facts.low:.0f} to {100 * facts.high:.0f} %) and {choice.trials} of all {facts.trials} "
        f"({percent(choice.sampled)}), lift {choice.lift:.2f}"
    )
    test = _test(facts, choice)
    match reason:
        case Reason.WINS:
            because = f"and is better than the others {test}"
        case Reason.A_RIVAL_WINS:
            rival = facts.better_rival or choice
            because = f"but {rival.name} is better {_test(facts, rival)}"
        case Reason.TOO_LITTLE:
            because = f"too little; compared with the others {test}"
        case Reason.SHARE_IS_UNCLEAR:
            because = f"and is better than the others {test}, but it is unclear whether its share is large enough"
        case Reason.NO_EVIDENCE:
            because = f"no evidence that {choice.name} is better {test}"
    return f"{numbers}; {because}"


def _requirement(criterion: EliteShare) -> str:
    subject = f"a choice of {criterion.parameter}"
    if criterion.value is not None:
        subject = f"{criterion.parameter} {label(criterion.value)}"
    demands = [] if criterion.min is None else [f"at least {percent(criterion.min)} of the elite"]
    demands += [] if criterion.min_lift is None else [f"a lift of at least {criterion.min_lift:g}"]
    return f"{subject} with {' and '.join(demands)}"


def _test(facts: EliteFacts, choice: ChoiceFacts) -> str:
    method = f"by {choice.pairs} contrast pairs" if choice.pairs is not None else "at equal age"
    return f"{method} ({p_words(corrected(choice.p, facts.comparisons))}, corrected for {facts.comparisons} choices)"


class EliteShareKind(CriterionKind[EliteShare]):
    """Two are about the same quantity when both demand a share of one parameter's choices."""

    field = "elite_share"
    domain = ParameterDomain.CATEGORICAL
    uses_elite = True

    def verdict(self, criterion: EliteShare, evidence: Evidence) -> CriterionVerdict:
        requirement, history = _requirement(criterion), evidence.history
        threshold = criterion.min if criterion.min is not None else criterion.min_lift
        if evidence.study is None or history is None:
            return unreadable(self.name, requirement, threshold)
        trial_sample = sample(evidence, history, criterion.parameter)
        offered = choices(evidence, history, criterion.parameter, trial_sample)
        if trial_sample.n and not offered:
            message = f"{requirement}: `{criterion.parameter}` is a number, and only choices have shares"
            return CriterionVerdict(self.name, Outcome.UNKNOWN, message, threshold=threshold, trials=trial_sample.n)
        if trial_sample.n < MIN_VALUED_TRIALS:
            return too_few(self.name, requirement, criterion.parameter, trial_sample.n, threshold)
        facts = measure(criterion, evidence, history, trial_sample, offered)
        outcome, reason = decide(facts, has_ended=evidence.has_ended)
        value = facts.choice.lift if criterion.min is None else facts.choice.share
        return CriterionVerdict(
            self.name,
            outcome,
            f"{requirement}: {so_far(evidence)}{word(facts, reason)}",
            value,
            threshold,
            None if threshold is None else value - threshold,
            facts.trials,
            facts.numbers,
        )

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
