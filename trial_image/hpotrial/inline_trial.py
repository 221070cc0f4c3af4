"""One trial in the worker's own process (`isolation: None`), for objectives that take less than a fresh process would.

`worker` uses it as it uses `isolated_trial`. Nothing stands between: a crash of the trial is a crash of the worker, and
neither a timeout nor Terminate reaches into it. What it writes is told at once when trials take long.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from hpotrial.failures.classify import TrialOutcome, classify
from hpotrial.lifecycle.ownership import OwnedTrial
from hpotrial.objective.invoke import call
from hpotrial.protocol.messages import TrialEnd
from hpotrial.storage.study import StudyHandle
from hpotrial.storage.study_storage import OwnershipLostError


@dataclass(frozen=True, slots=True)
class InlineTrial:
    """`objective` was found once, when the worker started."""

    study: StudyHandle
    trial: OwnedTrial
    objective: Callable[[Any], Any]

    def until_end(self) -> TrialEnd:
        """Raises OwnershipLostError."""
        return call(self.objective, self.trial.optuna_trial, let_through=(OwnershipLostError,))

    def judge(self, end: TrialEnd) -> TrialOutcome:
        return classify(end, self.study.optuna_study.directions)

    def leave(self) -> bool:
        return True

    def end(self, grace_seconds: float) -> None:
        """There is no process of its own to end."""
