"""The actions that enqueue trials: for contrasts, before the sampler's, as a baseline, for champions.

They are a part of `plan`; `database.enqueueing` executes them.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from hposweep import text
from hposweep.model.study_start import WarmStartRecord


@dataclass(frozen=True, slots=True)
class EnqueuedTrial:
    """A trial that waits for a worker: the parameters that it must use, and the user attributes that it bears."""

    params: Mapping[str, Any]
    attributes: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class EnqueueTrials:
    """Enqueue contrast trials, the two of a pair one after the other.

    The executor leaves out parameters that have contrast trials already, and whole pairs from the end when the budget
    has no room for them any more.
    """

    study_id: int
    trials: tuple[EnqueuedTrial, ...]
    max_trials: int  # the budget

    def message(self, count: int) -> str:
        planned = "" if count == len(self.trials) else f" ({len(self.trials)} planned)"
        return f"enqueued {text.count(count, 'contrast trial')} in study {self.study_id}{planned}"


@dataclass(frozen=True, slots=True)
class EnqueueStart:
    """Enqueue the trials that come before those of the sampler. The executor leaves out those that the study has.

    `records`: of the other studies that the trials come from; None when the study keeps them already.
    """

    study_id: int
    trials: tuple[EnqueuedTrial, ...]
    records: tuple[WarmStartRecord, ...] | None = None

    def message(self, count: int) -> str:
        planned = "" if count == len(self.trials) else f" ({len(self.trials)} planned)"
        return f"enqueued {text.count(count, 'trial')} at the start of study {self.study_id}{planned}"


@dataclass(frozen=True, slots=True)
class EnqueueBaseline:
    """Enqueue the baseline trial and its corners once; earlier attempts that still wait are withdrawn."""

    study_id: int
    trial: EnqueuedTrial
    corners: tuple[EnqueuedTrial, ...] = ()

    def message(self, count: int) -> str:
        return f"enqueued {text.count(count, 'baseline trial')} in study {self.study_id}"


@dataclass(frozen=True, slots=True)
class EnqueueChampions:
    """Enqueue each configuration with each seed, once; trials of other sweeps that wait are withdrawn."""

    study_id: int
    trials: tuple[EnqueuedTrial, ...]

    def message(self, count: int) -> str:
        return f"enqueued {text.count(count, 'trial')} of champions in study {self.study_id}"


Enqueueing = EnqueueTrials | EnqueueStart | EnqueueBaseline | EnqueueChampions
