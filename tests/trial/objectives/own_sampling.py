"""Samplers and a pruner as a user may write them."""

from __future__ import annotations

from typing import Any

import optuna


class Seeded(optuna.samplers.RandomSampler):
    """Takes a seed and an option."""

    def __init__(self, share: float = 0.1, seed: int | None = None) -> None:
        super().__init__(seed)
        self.share = share
        self.seed = seed


class HandsOn(optuna.samplers.RandomSampler):
    """Leaves all arguments to its parent."""

    def __init__(self, **options: Any) -> None:
        super().__init__(**options)


class Raises(optuna.samplers.RandomSampler):
    """Cannot be made."""

    def __init__(self, depth: int) -> None:
        raise ValueError(f"no licence\nfor {depth} levels")


class Unfinished(optuna.samplers.BaseSampler):
    """Lacks all that a sampler must have."""


class Patient(optuna.pruners.NopPruner):
    """A pruner."""

    def __init__(self, steps: int) -> None:
        self.steps = steps


number = 3
