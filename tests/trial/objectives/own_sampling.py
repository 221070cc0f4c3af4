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


class Broken(optuna.samplers.RandomSampler):
    """One of its hooks raises."""

    def __init__(self, hook: str) -> None:
        super().__init__()
        self.hook = hook

    def _raise_in(self, hook: str) -> None:
        if hook == self.hook:
            raise ValueError(f"boom in {hook}")

    def before_trial(self, *arguments: Any) -> None:
        self._raise_in("before_trial")
        super().before_trial(*arguments)

    def infer_relative_search_space(self, *arguments: Any) -> Any:
        self._raise_in("infer_relative_search_space")
        return super().infer_relative_search_space(*arguments)

    def sample_relative(self, *arguments: Any) -> Any:
        self._raise_in("sample_relative")
        return super().sample_relative(*arguments)

    def sample_independent(self, *arguments: Any) -> Any:
        self._raise_in("sample_independent")
        return super().sample_independent(*arguments)

    def after_trial(self, *arguments: Any) -> None:
        self._raise_in("after_trial")
        super().after_trial(*arguments)


class BrokenPruner(optuna.pruners.NopPruner):
    """Raises whenever it is asked."""

    def prune(self, study: optuna.Study, trial: optuna.trial.FrozenTrial) -> bool:
        raise KeyError("no such step")
