"""A cache of the study's other trials. `study_storage` refreshes it and reads from it.

A finished trial never changes, so only new trials and those that were not finished are read again. While the database
is unreachable the last view is used, because a sampler that misses a few trials is better than an idle GPU.
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
    """Trials by id, in the order of creation."""

    def __init__(self, study_id: int) -> None:
        self._study_id = study_id
        self._trials: dict[int, FrozenTrial] = {}
        self._open: set[int] = set()
        self._watermark = -1

    def refresh(self, connection: Connection) -> None:
        """Read new and unfinished trials. Raises ConnectionLostError, and then changes nothing."""
        parameters = {"study": self._study_id, "watermark": self._watermark, "open": sorted(self._open)}
        seconds = SHORT_SECONDS if self._trials else FIRST_READ_SECONDS
        for row in connection.run(TRIALS, parameters, seconds=seconds):
            trial = read_trial(row)
            # Optuna numbers trials under the study's lock, so no trial with a lower id can appear later.
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
        """Return the distribution of the first cached trial with the parameter."""
        return next((t.distributions[name] for t in self._trials.values() if name in t.distributions), None)
