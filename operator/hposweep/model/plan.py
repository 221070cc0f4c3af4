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
class Control:
    """The study attribute that workers obey."""

    study_id: int
    value: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Reap:
    """RUNNING trials whose worker is provably gone."""

    trial_ids: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Plan:
    """Empty when the world is as it should be."""

    create_study: CreateStudy | None = None
    control: Control | None = None
    apply: tuple[Mapping[str, Any], ...] = ()  # Kubernetes objects, for server-side apply
    reap: Reap | None = None
