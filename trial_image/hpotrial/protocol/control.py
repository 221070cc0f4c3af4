"""The control block: how the operator tells the workers of a study to stop, and what their budget is.

The operator writes it to the study attribute `protocol.CONTROL` (`plan.control`). A worker reads it with every claim of
a trial and every few seconds while a trial runs (`lifecycle.control`); `storage.sql` reads single keys of it.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from hpotrial.protocol.parameter_values import has_values

STOP, MAX_TRIALS, BREAKER_FROM, TIMEOUT_SECONDS = "stop", "maxTrials", "breakerFrom", "timeoutSeconds"
RETRY_ON, MAX_RETRIES = "retryOn", "maxRetries"
REVIEW, GOALS, FINISHED, FAILURES, MAX_FAILED = "review", "goals", "finished", "failures", "maxFailed"
GOALS_WHERE = "goalsWhere"  # apart from the other goals, because workers of earlier releases do not know it
STOP_NONE, STOP_DRAIN, STOP_TERMINATE = "None", "Drain", "Terminate"
# Shares are quotients of whole numbers, limits are decimal: 0.7 and 14/20 may differ in the last bit.
_ROUNDING = 1e-12


@dataclass(frozen=True, slots=True)
class Goal:
    """A value of an objective, by its index, with which the sweep may stop: beyond the threshold.

    With a restriction, only trials with these parameter values count.
    """

    objective: int
    threshold: float
    is_above: bool
    restriction: Mapping[str, Any] = field(default_factory=dict)

    def is_for(self, params: Mapping[str, Any]) -> bool:
        """Return whether a trial with these parameters counts."""
        return has_values(params, self.restriction)

    def is_reached(self, values: Sequence[float]) -> bool:
        value = values[self.objective] if self.objective < len(values) else math.nan
        is_beyond = value > self.threshold if self.is_above else value < self.threshold
        return is_beyond and math.isfinite(value)


@dataclass(frozen=True, slots=True)
class FailureLimit:
    """The share of finished trials that may fail by their own fault, once `min_trials` have finished.

    `judge.stop_when.failed_ratio` decides by the same definition.
    """

    max_share: float
    min_trials: int

    def is_exceeded(self, finished: int, failed: int) -> bool:
        return finished >= max(1, self.min_trials) and failed / finished > self.max_share + _ROUNDING


@dataclass(frozen=True, slots=True)
class Review:
    """The trials after which the operator may stop the sweep, so that a worker lets it judge them before the next.

    They are one that reaches a goal, each with which so many trials have finished, and one that exceeds a limit of
    failures: a share of the finished trials, or a number (`spec.trials.maxFailed`).
    """

    goals: tuple[Goal, ...] = ()
    finished: int | None = None
    failures: tuple[FailureLimit, ...] = ()
    max_failed: int | None = None

    @classmethod
    def from_json(cls, block: Mapping[str, Any]) -> Review:
        return cls(
            tuple(Goal(*goal) for goal in (*block.get(GOALS, ()), *block.get(GOALS_WHERE, ()))),
            block.get(FINISHED),
            tuple(FailureLimit(*limit) for limit in block.get(FAILURES, ())),
            block.get(MAX_FAILED),
        )

    def to_json(self) -> dict[str, Any]:
        """Return the JSON, without keys of rules that do not exist."""
        goals = [[goal.objective, goal.threshold, goal.is_above] for goal in self.goals if not goal.restriction]
        limited_goals = [
            [goal.objective, goal.threshold, goal.is_above, goal.restriction] for goal in self.goals if goal.restriction
        ]
        limits = [[limit.max_share, limit.min_trials] for limit in self.failures]
        block = {
            GOALS: goals,
            GOALS_WHERE: limited_goals,
            FINISHED: self.finished,
            FAILURES: limits,
            MAX_FAILED: self.max_failed,
        }
        return {key: value for key, value in block.items() if value is not None and value != []}

    def has_too_many_failures(self, finished: int, failed: int) -> bool:
        """Return whether the counts exceed one of the limits."""
        is_beyond = self.max_failed is not None and failed > self.max_failed
        return is_beyond or any(limit.is_exceeded(finished, failed) for limit in self.failures)


@dataclass(frozen=True, slots=True)
class ControlBlock:
    """The part of the spec that may change while workers run. The breaker counts trials from `breaker_from` on.

    `retry_on` are exceptions of the user that are worth another attempt, at most `max_retries` for each trial.
    """

    max_trials: int
    stop: str = STOP_NONE
    breaker_from: int = 0
    timeout_seconds: float | None = None
    retry_on: tuple[str, ...] = ()
    max_retries: int = 0
    review: Review | None = None

    @classmethod
    def from_json(cls, block: Mapping[str, Any]) -> ControlBlock:
        """Read the attribute's JSON. A block without a budget allows no trial."""
        return cls(
            max_trials=int(block.get(MAX_TRIALS, 0)),
            stop=block.get(STOP, STOP_NONE),
            breaker_from=int(block.get(BREAKER_FROM, 0)),
            timeout_seconds=block.get(TIMEOUT_SECONDS),
            retry_on=tuple(block.get(RETRY_ON) or ()),
            max_retries=int(block.get(MAX_RETRIES, 0)),
            review=Review.from_json(block[REVIEW]) if REVIEW in block else None,
        )

    def to_json(self) -> dict[str, Any]:
        """Return the attribute's JSON. It has no key for a time limit, retries or a review that do not exist."""
        block: dict[str, Any] = {STOP: self.stop, MAX_TRIALS: self.max_trials, BREAKER_FROM: self.breaker_from}
        if self.timeout_seconds is not None:
            block[TIMEOUT_SECONDS] = self.timeout_seconds
        if self.retry_on:
            block |= {RETRY_ON: list(self.retry_on), MAX_RETRIES: self.max_retries}
        if self.review is not None:
            block[REVIEW] = self.review.to_json()
        return block

    @property
    def is_stopping(self) -> bool:
        """Workers claim no more trials."""
        return self.stop != STOP_NONE

    @property
    def is_terminating(self) -> bool:
        """Workers end the trial that they run, too."""
        return self.stop == STOP_TERMINATE
