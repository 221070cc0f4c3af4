"""What was known of a study when each of its trials had finished. The rules of this package look at them in turn.

Trials count in the order in which they finished, so that a slow trial does not delay the look at the others. Where a
time is missing, as in a file without times, they count in the order of their numbers.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from hposweep.model.history import FAIL, History, Trial
from hposweep.model.trials import BestObjectiveValue
from hpotrial.protocol.parameter_values import has_values


@dataclass(frozen=True, slots=True)
class Prefix:
    """The state right after `trial` had finished."""

    trial: Trial
    finished: int
    failed: int  # by their own fault
    tried: int  # complete or pruned, without contrast trials
    tried_since_best: int | None  # the same since the best value or the Pareto front improved; None without a value
    best: tuple[BestObjectiveValue | None, ...]  # of each objective
    last_best: Trial | None  # the trial that improved last

    @property
    def has_new_best(self) -> bool:
        return self.last_best is self.trial or any(
            entry is not None and entry.number == self.trial.number for entry in self.best
        )


def in_order_of_end(history: History) -> tuple[Trial, ...]:
    """Return the finished trials in the order in which they finished."""
    trials = history.finished
    ends = [(trial.completed, trial.number, trial) for trial in trials if trial.completed is not None]
    if len(ends) < len(trials):
        return trials
    return tuple(trial for _, _, trial in sorted(ends, key=lambda end: end[:2]))


def prefixes(history: History, directions: Sequence[bool]) -> tuple[Prefix, ...]:
    """Return one for each finished trial. `directions`: whether each objective is maximized."""
    is_maximized = tuple(directions)
    return history.remember(("prefixes", is_maximized), lambda: tuple(_prefixes(history, is_maximized)))


def bests_where(
    history: History, directions: Sequence[bool], restriction: Mapping[str, Any]
) -> tuple[tuple[BestObjectiveValue | None, ...], ...]:
    """Return the best value of each objective among the trials with these parameter values, for each prefix."""
    signs = [1.0 if is_maximized else -1.0 for is_maximized in directions]
    key = ("bests where", tuple(signs), repr(sorted(restriction.items())))
    return history.remember(key, lambda: tuple(_bests_where(history, signs, restriction)))


def _bests_where(
    history: History, signs: Sequence[float], restriction: Mapping[str, Any]
) -> Iterator[tuple[BestObjectiveValue | None, ...]]:
    best: list[BestObjectiveValue | None] = [None] * len(signs)
    for trial in in_order_of_end(history):
        if trial.is_valued and len(trial.values) == len(signs) and has_values(trial.params, restriction):
            _improve(best, trial, signs)
        yield tuple(best)


def _prefixes(history: History, is_maximized: tuple[bool, ...]) -> Iterator[Prefix]:
    signs = [1.0 if maximized else -1.0 for maximized in is_maximized]
    best: list[BestObjectiveValue | None] = [None] * len(signs)
    front: list[tuple[float, ...]] = []
    failed = tried = tried_at_best = 0
    last_best: Trial | None = None
    for finished, trial in enumerate(in_order_of_end(history), start=1):
        failed += trial.state == FAIL
        tried += trial.state != FAIL and not trial.is_contrast
        if trial.is_valued and len(trial.values) == len(signs):
            _improve(best, trial, signs)
            if _extend(front, tuple(sign * value for sign, value in zip(signs, trial.values, strict=True))):
                last_best, tried_at_best = trial, tried
        since = tried - tried_at_best if last_best is not None else None
        yield Prefix(trial, finished, failed, tried, since, tuple(best), last_best)


def _improve(best: list[BestObjectiveValue | None], trial: Trial, signs: Sequence[float]) -> None:
    """Replace each best value that the trial's value is better than."""
    for place, (sign, value) in enumerate(zip(signs, trial.values, strict=True)):
        entry = best[place]
        if entry is None or sign * value > sign * entry.value:
            best[place] = BestObjectiveValue(trial.number, value)


def _extend(front: list[tuple[float, ...]], scores: tuple[float, ...]) -> bool:
    """Add a trial to the front unless one on it is as good in every objective; return whether it was added.

    With one objective the front is the best value alone.
    """
    if any(all(other >= own for other, own in zip(entry, scores, strict=True)) for entry in front):
        return False
    front[:] = [entry for entry in front if not all(own >= other for other, own in zip(entry, scores, strict=True))]
    front.append(scores)
    return True
