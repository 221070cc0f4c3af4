"""`spec` of an HPOSweep. The CRD's schema has validated and defaulted it; this is its shape, not its rules.

Read by `cluster` when a sweep is fetched, by `judge` and `plan` ever after.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from hposweep.api.criteria import Criterion
from hposweep.api.space import Parameter

MAXIMIZE = "Maximize"
STOP_NONE, STOP_DRAIN, STOP_TERMINATE = "None", "Drain", "Terminate"
DELETE_STUDY = "Delete"


@dataclass(frozen=True, slots=True)
class SecretKey:
    """One key of a Secret in the sweep's own namespace."""

    name: str
    key: str


@dataclass(frozen=True, slots=True)
class Storage:
    """Where the study lives."""

    secret_ref: SecretKey


@dataclass(frozen=True, slots=True)
class Goal:
    """One objective of the study: what the returned value is called and which way is better."""

    name: str
    direction: str

    @property
    def is_maximized(self) -> bool:
        return self.direction == MAXIMIZE


@dataclass(frozen=True, slots=True)
class Sampler:
    """A sampler of Optuna, by class name and constructor options. Worker n draws with `seed` + n."""

    name: str
    options: Mapping[str, Any] = field(default_factory=dict)
    seed: int | None = None


@dataclass(frozen=True, slots=True)
class Pruner:
    """A pruner of Optuna, by class name and constructor options."""

    name: str
    options: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Study:
    """The Optuna study behind the sweep."""

    storage: Storage
    objectives: tuple[Goal, ...]
    sampler: Sampler
    pruner: Pruner
    adopt: bool = False
    name: str | None = None


@dataclass(frozen=True, slots=True)
class NamedObject:
    """An object in the sweep's own namespace."""

    name: str


@dataclass(frozen=True, slots=True)
class Source:
    """Where the user's code comes from when it is not in the image."""

    config_map: NamedObject


@dataclass(frozen=True, slots=True)
class Objective:
    """What a trial runs: `python` is `module:function`; `fixed` is given to every trial and not searched."""

    python: str
    fixed: Mapping[str, Any] = field(default_factory=dict)
    source_ref: Source | None = None

    @property
    def module(self) -> str:
        return self.python.partition(":")[0]


@dataclass(frozen=True, slots=True)
class Workers:
    """How many pods run trials, and the pod template that they are made from (a Kubernetes object, kept as it is)."""

    replicas: int
    template: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Trials:
    """The budget, in trials."""

    max: int


@dataclass(frozen=True, slots=True)
class Spec:
    """All that a user asks for."""

    study: Study
    objective: Objective
    workers: Workers
    trials: Trials
    search_space: tuple[Parameter, ...] = ()
    success: Mapping[str, tuple[Criterion, ...]] = field(default_factory=dict)
    suspend: bool = False
    stop: str = STOP_NONE
    deletion_policy: str = "Retain"

    @property
    def is_stopping(self) -> bool:
        return self.stop != STOP_NONE
