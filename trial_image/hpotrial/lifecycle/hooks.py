"""Log and count what the hooks of a sampler or pruner raise. Called by `start`, once the study has its sampler.

Optuna calls these hooks while a trial starts, suggests, reports or ends. An exception of a user's class would otherwise
look like one of the objective, end the worker, or vanish after the trial's end.
"""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from typing import Any

import optuna

from hpotrial.objective.exceptions import HookError, describe
from hpotrial.protocol import SAMPLER_ERROR
from hpotrial.storage.connection import ConnectionLostError
from hpotrial.storage.study import StudyHandle
from hpotrial.storage.study_storage import OwnershipLostError

SAMPLER_HOOKS = (
    "before_trial",
    "infer_relative_search_space",
    "sample_relative",
    "sample_independent",
    "after_trial",
)
PRUNER_HOOKS = ("prune",)
# The trial goes on without these two. After the others it has no value to use, so it fails.
SWALLOWED = ("before_trial", "after_trial")
ERROR_CHARACTERS = 2000
_OPTUNA = "optuna"


def guard(study: StudyHandle, log: Callable[[str], None]) -> None:
    """Guard the hooks of sampler and pruner. Of Optuna's own classes, only what they raise after a trial is logged."""
    optuna_study = study.optuna_study
    for field, target, hooks in (
        ("spec.study.sampler", optuna_study.sampler, SAMPLER_HOOKS),
        ("spec.study.pruner", optuna_study.pruner, PRUNER_HOOKS),
    ):
        for hook in hooks:
            if _is_of_user(target) or hook == "after_trial":
                setattr(target, hook, _GuardedHook(study, log, field, hook, getattr(target, hook)))


def _is_of_user(target: object) -> bool:
    return type(target).__module__.partition(".")[0] != _OPTUNA


@dataclass(frozen=True)
class _GuardedHook:
    """One hook of a sampler or pruner. A copy of its owner has the hook without the guard."""

    study: StudyHandle
    log: Callable[[str], None]
    field: str
    hook: str
    method: Callable[..., Any]

    def __call__(self, *arguments: Any, **keywords: Any) -> Any:
        try:
            return self.method(*arguments, **keywords)
        except (OwnershipLostError, ConnectionLostError, optuna.TrialPruned):
            raise
        except Exception as error:
            sentence = self._record(error)
            if self.hook in SWALLOWED:
                return None
            raise HookError(sentence) from error

    def __reduce__(self) -> tuple[Any, ...]:
        """Pickle the bound method: `trial.study.sampler` sends a copy of the sampler to the trial's process."""
        return getattr, (getattr(self.method, "__self__", None), self.hook)

    def _record(self, error: Exception) -> str:
        raised = describe(error, type(getattr(self.method, "__self__", None)).__module__)
        place = f" ({raised.place})" if raised.place else ""
        sentence = f"{self.field}: {self.hook} raised {raised.type_name}: {raised.message}{place}"[:ERROR_CHARACTERS]
        self.log(f"{sentence}\n{raised.traceback}")
        with suppress(optuna.exceptions.UpdateFinishedTrialError):
            self.study.storage.set_own_attr(SAMPLER_ERROR, sentence)
        return sentence
