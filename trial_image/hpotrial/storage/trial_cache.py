"""The study's other trials, as this worker has seen them last. `storage` keeps it fresh and reads from it.

A finished trial never changes, so only new ones and those that were open are read again. While the database is away
the last view serves on: a sampler that misses a few trials is better than a GPU that waits.
"""

from __future__ import annotations

from collections.abc import Container

from optuna.distributions import BaseDistribution
from optuna.trial import FrozenTrial, TrialState

from hpotrial.storage.connection import SHORT_SECONDS, Connection
from hpotrial.storage.rows import read_trial
from hpotrial.storage.sql import TRIALS

FIRST_READ_SECONDS = 120.0  # of a study of 10,000 trials


class TrialCache:
    """By trial id, in the order of creation."""

    def __init__(self, study_id: int) -> None:
        self._study_id = study_id
        self._trials: dict[int, FrozenTrial] = {}
        self._open: set[int] = set()
        self._watermark = -1

    def refresh(self, connection: Connection) -> None:
        """Raises ConnectionLostError; then everything is as it was."""
        parameters = {"study": self._study_id, "watermark": self._watermark, "open": sorted(self._open)}
        seconds = SHORT_SECONDS if self._trials else FIRST_READ_SECONDS
        for row in connection.run(TRIALS, parameters, seconds=seconds):
            trial = read_trial(row)
            # Optuna numbers trials under the study's lock, so none with a lower id can turn up later.
            self._trials[trial._trial_id] = trial
            self._watermark = max(self._watermark, trial._trial_id)
            self._open.discard(trial._trial_id)
            if not trial.state.is_finished():
                self._open.add(trial._trial_id)

    def get(self, trial_id: int) -> FrozenTrial | None:
        return self._trials.get(trial_id)

    def trials(self, states: Container[TrialState] | None) -> list[FrozenTrial]:
        return [trial for trial in self._trials.values() if states is None or trial.state in states]

    def distribution(self, name: str) -> BaseDistribution | None:
        """Of the parameter's first appearance that was seen."""
        return next((t.distributions[name] for t in self._trials.values() if name in t.distributions), None)
