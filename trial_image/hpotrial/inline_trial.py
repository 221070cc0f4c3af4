"""One trial in the worker's own process (`isolation: None`), for objectives that are faster than a fresh process.

`worker` uses it in place of `isolated_trial`. Nothing isolates the trial: a crash of the trial is a crash of the
worker, and neither a timeout nor Terminate can end it. The storage flushes by itself when a trial takes long.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from hpotrial.failures.classify import TrialOutcome, classify
from hpotrial.lifecycle.ownership import OwnedTrial
from hpotrial.lifecycle.trial_server import answer, facts
from hpotrial.objective import environment
from hpotrial.process import seeds
from hpotrial.process.forks import call_callbacks, call_in_this_process
from hpotrial.process.trial_client import DirectClient, set_running
from hpotrial.process.trial_proxy import TrialProxy
from hpotrial.protocol.messages import TrialEnd
from hpotrial.storage.study import StudyHandle
from hpotrial.storage.study_storage import OwnershipLostError


@dataclass(frozen=True, slots=True)
class InlineTrial:
    """A trial whose objective was loaded when the worker started."""

    study: StudyHandle
    trial: OwnedTrial
    objective: Callable[[Any], Any]
    retry_on: tuple[str, ...] = ()
    callbacks: tuple[str, ...] = ()
    source_path: str | None = None

    def until_end(self) -> TrialEnd:
        """Call the objective and return how the trial ended. Raises OwnershipLostError."""
        seed = facts(self.trial.optuna_trial).seed
        os.environ.update(environment.of_trial(self.trial.number, os.environ, seed))
        if seed is not None:
            seeds.set_seed(seed)
        with self._client() as client:
            return call_in_this_process(
                self.objective, TrialProxy(client), let_through=(OwnershipLostError,), retry_on=self.retry_on
            )

    def call_callbacks(self, end: TrialEnd) -> tuple[str, ...]:
        """Call the callbacks, once the trial's end is in the study; return a sentence for each that failed."""
        if not self.callbacks:
            return ()
        with self._client() as client:
            return call_callbacks(client, self.callbacks, self.source_path).errors

    @contextmanager
    def _client(self) -> Iterator[DirectClient]:
        trial = self.trial.optuna_trial
        client = DirectClient(lambda request: answer(trial, request, is_local=True), facts(trial))
        set_running(client)
        try:
            yield client
        finally:
            set_running(None)
            client.end()

    def judge(self, end: TrialEnd) -> TrialOutcome:
        """Classify the trial's end."""
        return classify(end, self.study.optuna_study.directions)

    def leave(self) -> bool:
        """Return True: there is no process that could stay."""
        return True

    def end(self, grace_seconds: float) -> None:
        """Do nothing, because the trial has no process of its own."""
