"""The numbers of an `eliteShare`: how often every choice is in the elite, and which choices are better.

`elite_share` measures once per judgement, then decides and words.
"""

from __future__ import annotations

from collections.abc import Hashable, Mapping
from dataclasses import dataclass
from typing import Any

from hposweep.api.criteria import EliteShare
from hposweep.judge.criteria.categorical import key, label, p_better, trial_choices
from hposweep.judge.criteria.pairs import MIN_PAIRS, pair_test
from hposweep.judge.criteria.verdicts import APPROXIMATE, EXACT, ROUNDING, corrected, is_significant
from hposweep.judge.evidence import Evidence
from hposweep.judge.sample import Sample
from hposweep.judge.statistics import wilson
from hposweep.model.history import History


@dataclass(frozen=True, slots=True)
class ChoiceFacts:
    """One choice. `p`: chance that it is no better than the others, before the correction."""

    name: str
    trials: int
    elite: int
    share: float  # of the elite
    sampled: float  # share of all trials
    p: float | None
    pairs: int | None  # contrast pairs of the test; None: the stratified rank test decides

    @property
    def limit(self) -> float:
        return APPROXIMATE if self.pairs is None else EXACT

    @property
    def lift(self) -> float:
        return self.share / self.sampled if self.sampled else 0.0


@dataclass(frozen=True, slots=True)
class EliteFacts:
    """The chosen choice, its rivals, and what the criterion demands of it."""

    criterion: EliteShare
    choice: ChoiceFacts
    rivals: tuple[ChoiceFacts, ...]
    trials: int
    elite: int
    low: float  # 90 % interval of the share
    high: float

    @property
    def comparisons(self) -> int:
        """How many choices are compared, for the correction."""
        return len(self.rivals) + 1

    @property
    def better_rival(self) -> ChoiceFacts | None:
        return next((rival for rival in self.rivals if self._is_better(rival)), None)

    @property
    def is_better(self) -> bool:
        return self._is_better(self.choice)

    @property
    def has_enough(self) -> bool:
        """The share and the lift are at least as large as demanded."""
        criterion, choice = self.criterion, self.choice
        has_share = criterion.min is None or choice.share >= criterion.min - ROUNDING
        return has_share and (criterion.min_lift is None or choice.lift >= criterion.min_lift - ROUNDING)

    @property
    def is_surely_too_little(self) -> bool:
        """Even the upper end of the interval is less than demanded."""
        criterion, sampled = self.criterion, self.choice.sampled
        misses_share = criterion.min is not None and self.high < criterion.min
        misses_lift = criterion.min_lift is not None and sampled > 0 and self.high / sampled < criterion.min_lift
        return misses_share or misses_lift

    @property
    def numbers(self) -> Mapping[str, Any]:
        """Return the evidence for the status."""
        everyone = sorted([self.choice, *self.rivals], key=lambda choice: choice.name)
        return {
            "choice": self.choice.name,
            "share": self.choice.share,
            "low": self.low,
            "high": self.high,
            "sampledShare": self.choice.sampled,
            "lift": self.choice.lift,
            "p": self.choice.p,
            "pCorrected": corrected(self.choice.p, self.comparisons),
            "choices": self.comparisons,
            "elite": self.elite,
            "pairs": self.choice.pairs,
            "trialsPerChoice": {choice.name: choice.trials for choice in everyone},
        }

    def _is_better(self, choice: ChoiceFacts) -> bool:
        return is_significant(choice.p, self.comparisons, choice.limit)


def measure(
    criterion: EliteShare, evidence: Evidence, history: History, trial_sample: Sample, offered: tuple[Any, ...]
) -> EliteFacts:
    """Measure all choices; without `value` the one with the largest share is chosen."""
    compared = offered if criterion.value is None else (*offered, criterion.value)
    measured = _choices(evidence, history, criterion.parameter, compared, trial_sample)
    if criterion.value is None:
        # Ties go to the choice that had fewer trials to get there, then to the spec's order.
        chosen = max(measured, key=lambda name: (measured[name].elite, -measured[name].trials))
    else:
        chosen = key(criterion.value)
    size = len(trial_sample.elite)
    low, high = wilson(measured[chosen].elite, size)
    rivals = tuple(choice for name, choice in measured.items() if name != chosen)
    return EliteFacts(criterion, measured[chosen], rivals, trial_sample.n, size, low, high)


def _choices(
    evidence: Evidence, history: History, parameter: str, compared: tuple[Any, ...], trial_sample: Sample
) -> dict[Hashable, ChoiceFacts]:
    """Return the facts by key. As soon as one choice has enough contrast pairs they are the test of all choices."""
    tests = {key(choice): pair_test(evidence, history, parameter, choice) for choice in compared}
    is_paired = any(test.pairs >= MIN_PAIRS for test in tests.values())
    by_trial = trial_choices(history, parameter, trial_sample)
    facts: dict[Hashable, ChoiceFacts] = {}
    for choice in compared:
        has_choice, test = by_trial.has(choice), tests[key(choice)]
        trials, elite = int(has_choice.sum()), int(has_choice[trial_sample.elite].sum())
        if is_paired:
            p = test.p if test.pairs >= MIN_PAIRS else None
        else:
            p = p_better(evidence, history, parameter, choice)
        facts[key(choice)] = ChoiceFacts(
            name=label(choice),
            trials=trials,
            elite=elite,
            share=elite / len(trial_sample.elite),
            sampled=trials / trial_sample.n,
            p=p,
            pairs=test.pairs if is_paired else None,
        )
    return facts
