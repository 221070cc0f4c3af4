"""The sampler has settled on one choice: with evidence, or because it copies what looked good early. For `findings`."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import islice
from typing import Any

from hposweep.api.space import Parameter
from hposweep.judge.health.parameter_never_varies import only_value
from hposweep.judge.health.parameters import choices, sampled
from hposweep.judge.health.rule import Diagnosis, HealthRule
from hposweep.judge.health.view import View
from hposweep.judge.sample import block, sample
from hposweep.judge.statistics import Ranked, stratified_by_group
from hposweep.model.findings import Severity

LEAST_WINDOW = 50
TRIALS_PER_CHOICE = 5
ALPHA = 0.05
_SHOWN = 3


@dataclass(frozen=True, slots=True)
class _Settled:
    """One parameter that is on one choice. `p`: that it is better than the others; None when nothing tells."""

    parameter: str
    choice: Any
    count: int
    window: int
    others: int
    p: float | None

    @property
    def is_supported(self) -> bool:
        return self.p is not None and self.p < ALPHA

    def sentence(self) -> str:
        seen = (
            f"`{self.parameter}` was {self.choice!r} in {self.count} of the last {self.window} trials that have it, "
            f"after {self.others} with other choices in all"
        )
        if self.p is None:
            return f"{seen}; whether it is better cannot be told from so few trials of the same age"
        words = "say so too" if self.is_supported else "do not say that it is better"
        return f"{seen}; trials of the same age {words} (p {min(self.p, 1.0):.2g})"


def _check(view: View) -> Diagnosis | None:
    """Info when the comparison of trials of the same age supports every choice, else a Warning."""
    if view.spec.study.sampler.is_exhaustive:
        return None
    settled = [found for parameter in view.evidence.space if (found := _settled(view, parameter)) is not None]
    if not settled:
        return None
    settled.sort(key=lambda found: found.is_supported)
    more = [f"and {len(settled) - _SHOWN} more parameters"] if len(settled) > _SHOWN else []
    message = "; ".join([*(found.sentence() for found in settled[:_SHOWN]), *more])
    if all(found.is_supported for found in settled):
        action = "nothing need be done; the next sweep may leave the other choices out"
        return Diagnosis(message, action, needs_action=False)
    message += ". Likely: an adaptive sampler that copies what looked good early"
    action = (
        "do not read the share as a result; `spec.contrast` compares choices in fair pairs, and more start-up trials "
        "(`spec.study.sampler.options`) or `RandomSampler` in a new sweep spread them"
    )
    return Diagnosis(message, action)


def _settled(view: View, parameter: Parameter) -> _Settled | None:
    number = len(choices(parameter))
    if number < 2 or only_value(view, parameter) is not None:  # one choice cannot vary
        return None
    size = max(LEAST_WINDOW, TRIALS_PER_CHOICE * number)
    window = list(islice(sampled(reversed(view.chosen), parameter.name), size))
    if len(window) < size:
        return None
    by_value = Counter((isinstance(value, bool), value) for value in window)
    (_, choice), count = by_value.most_common(1)[0]
    if count < view.spec.health.max_same_value_ratio * size:
        return None
    others, p = view.history.remember(
        ("health.dominance", parameter.name, isinstance(choice, bool), choice, view.sign, view.evidence.workers),
        lambda: (_others(view, parameter.name, choice), _p(view, parameter.name, choice)),
    )
    return _Settled(parameter.name, choice, count, size, others, None if p is None else min(1.0, p * number))


def _others(view: View, name: str, choice: Any) -> int:
    values = list(sampled(view.chosen, name))
    return len(values) - sum(_members(values, choice))


def _members(values: Sequence[Any], choice: Any) -> list[bool]:
    """`same`, for ten thousand values at once."""
    is_truth = isinstance(choice, bool)
    return [value == choice and isinstance(value, bool) is is_truth for value in values]


def _p(view: View, name: str, choice: Any) -> float | None:
    """One-sided, of all searched trials that have the parameter."""
    if len(view.evidence.goals) > 1:
        found = sample(view.evidence, view.history, name)
        return stratified_by_group(found.ranked, _members(found.column, choice))
    # One objective is its own worth: ranks of the whole sample, which cost more than the test, are not needed.
    sign = view.sign
    pairs = [(trial.params[name], sign * trial.values[0]) for trial in view.history.searched if name in trial.params]
    ranked = Ranked.of([value for _, value in pairs], block(view.evidence))
    return stratified_by_group(ranked, _members([has for has, _ in pairs], choice))


RULE = HealthRule("ValueDominates", Severity.WARNING, _check)
