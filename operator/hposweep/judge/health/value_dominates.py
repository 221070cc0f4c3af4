"""The sampler has converged to one choice, with or without evidence that it is better. Listed in `rules`."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import islice
from typing import Any

from hposweep.api.space import Parameter
from hposweep.judge.health.parameter_never_varies import only_value
from hposweep.judge.health.parameters import choices, sampled_values
from hposweep.judge.health.rule import Diagnosis, HealthRule
from hposweep.judge.health.view import View
from hposweep.judge.sample import block, sample
from hposweep.judge.statistics import Ranked, stratified_by_group
from hposweep.model.findings import Severity
from hposweep.text import count

MIN_WINDOW = 50
TRIALS_PER_CHOICE = 5
ALPHA = 0.05
_MAX_NAMED = 3


@dataclass(frozen=True, slots=True)
class _Dominance:
    """A parameter with a dominant choice. `p`: p-value that it is better than the others; None without evidence."""

    parameter: str
    choice: Any
    count: int
    window: int
    other_trials: int  # with other choices, in total
    p: float | None

    @property
    def is_supported(self) -> bool:
        return self.p is not None and self.p < ALPHA

    def sentence(self) -> str:
        share = (
            f"`{self.parameter}` was {self.choice!r} in {self.count} of the last {self.window} trials that have it "
            f"(other choices in {self.other_trials} trials in total)"
        )
        if self.p is None:
            return f"{share}; too few trials of the same age to tell whether it is better"
        support = "confirm that it is better" if self.is_supported else "do not show that it is better"
        return f"{share}; trials of the same age {support} (p {min(self.p, 1.0):.2g})"


def _check(view: View) -> Diagnosis | None:
    """Fire when a choice dominates; as Info when trials of the same age show that every such choice is better."""
    if view.spec.study.sampler.is_exhaustive:
        return None
    dominances = [entry for parameter in view.evidence.space if (entry := _dominance(view, parameter)) is not None]
    if not dominances:
        return None
    dominances.sort(key=lambda entry: entry.is_supported)
    omitted = len(dominances) - _MAX_NAMED
    suffix = [f"{count(omitted, 'more parameter')} as well"] if omitted > 0 else []
    message = "; ".join([*(entry.sentence() for entry in dominances[:_MAX_NAMED]), *suffix])
    if all(entry.is_supported for entry in dominances):
        action = "no action needed; the next sweep can leave out the other choices"
        return Diagnosis(message, action, needs_action=False)
    message += ". Likely: an adaptive sampler that repeats what was good early"
    action = (
        "do not take the share as a result; use `spec.contrast` to compare choices in fair pairs, or more start-up "
        "trials (`spec.study.sampler.options`) or `RandomSampler` in a new sweep"
    )
    return Diagnosis(message, action)


def _dominance(view: View, parameter: Parameter) -> _Dominance | None:
    number = len(choices(parameter))
    if number < 2 or only_value(view, parameter) is not None:  # one choice cannot vary
        return None
    size = max(MIN_WINDOW, TRIALS_PER_CHOICE * number)
    window = list(islice(sampled_values(reversed(view.chosen), parameter.name), size))
    if len(window) < size:
        return None
    by_value = Counter((isinstance(value, bool), value) for value in window)
    (_, choice), frequency = by_value.most_common(1)[0]
    if frequency < view.spec.health.max_same_value_ratio * size:
        return None
    other_trials, p = view.history.remember(
        ("health.dominance", parameter.name, isinstance(choice, bool), choice, view.sign, view.evidence.workers),
        lambda: (_others(view, parameter.name, choice), _p(view, parameter.name, choice)),
    )
    return _Dominance(
        parameter.name, choice, frequency, size, other_trials, None if p is None else min(1.0, p * number)
    )


def _others(view: View, name: str, choice: Any) -> int:
    values = list(sampled_values(view.chosen, name))
    return len(values) - sum(_members(values, choice))


def _members(values: Sequence[Any], choice: Any) -> list[bool]:
    """Return which values are the choice: `same`, but fast for ten thousand values."""
    is_truth = isinstance(choice, bool)
    return [value == choice and isinstance(value, bool) is is_truth for value in values]


def _p(view: View, name: str, choice: Any) -> float | None:
    """Return the one-sided p-value over all searched trials that have the parameter."""
    if len(view.evidence.goals) > 1:
        trials = sample(view.evidence, view.history, name)
        return stratified_by_group(trials.ranked, _members(trials.column, choice))
    # With one objective the value is the worth; ranking the whole sample would cost more than the test.
    sign = view.sign
    pairs = [(trial.params[name], sign * trial.values[0]) for trial in view.history.searched if name in trial.params]
    ranking = Ranked.of([value for _, value in pairs], block(view.evidence))
    return stratified_by_group(ranking, _members([value for value, _ in pairs], choice))


RULE = HealthRule("ValueDominates", Severity.WARNING, _check)
