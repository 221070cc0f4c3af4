"""What should be done now, as data. Made by `plan`, made real by `apply`, in the order of the fields."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class CreateStudy:
    """A study that is not there yet, or one to take over."""

    name: str
    directions: tuple[str, ...]  # Optuna's words: MINIMIZE, MAXIMIZE
    metric_names: tuple[str, ...]
    owner: str


@dataclass(frozen=True, slots=True)
class SetControl:
    """The study attribute that workers obey."""

    study_id: int
    value: Mapping[str, Any]
    closes_breaker: bool = False  # forgets that the first trials failed alike, so that others may be tried


@dataclass(frozen=True, slots=True)
class SetImages:
    """The study attribute that says which image each worker really runs: a digest by pod uid."""

    study_id: int
    by_pod: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class LostTrial:
    """A RUNNING trial whose worker is provably gone, and what is known of its end."""

    trial_id: int
    failure_class: str
    error: str


@dataclass(frozen=True, slots=True)
class FailTrials:
    """Trials to fail. Each is retried by the rule of `hpotrial.protocol.requeue`, unless the sweep itself is ending."""

    study_id: int
    trials: tuple[LostTrial, ...]
    max_retries: int
    is_final: bool = False  # the user ends the sweep now: nothing is tried again, and nothing is charged


@dataclass(frozen=True, slots=True)
class EnqueuedTrial:
    """A trial to wait for a worker: the parameters that it must use, and the user attributes that it bears."""

    params: Mapping[str, Any]
    attributes: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class EnqueueTrials:
    """Contrast trials, the two of a pair one after the other.

    Whoever applies it leaves out parameters that have contrast trials already, and whole pairs from the end when the
    budget has no room for them any more.
    """

    study_id: int
    trials: tuple[EnqueuedTrial, ...]
    max_trials: int  # the budget


@dataclass(frozen=True, slots=True)
class ResizeJob:
    """The three fields of a Job that may change while it lives. The rest stays as the operator made it then."""

    job: str
    size: int
    is_suspended: bool


@dataclass(frozen=True, slots=True)
class BackoffReset:
    """A pod that has ended, and as how many disruptions those of its slot shall count before the next pod is made."""

    pod: str
    disruptions: int


@dataclass(frozen=True, slots=True)
class Plan:
    """Empty when the world is as it should be."""

    create_study: CreateStudy | None = None
    control: SetControl | None = None
    images: SetImages | None = None
    reap: FailTrials | None = None
    enqueue: EnqueueTrials | None = None
    apply: tuple[Mapping[str, Any], ...] = ()  # Kubernetes objects that are not there yet, for server-side apply
    resize: ResizeJob | None = None
    delete_pods: tuple[str, ...] = ()  # names; their nodes do not answer, so that nobody else ends them
    backoff_resets: tuple[BackoffReset, ...] = ()
