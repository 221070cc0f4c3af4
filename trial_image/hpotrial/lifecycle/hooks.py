"""Log and count what the hooks of a sampler or pruner raise. Called by `start`, once the study has its sampler.

Optuna calls these hooks while a trial starts, suggests, reports or ends. An exception of a user's class would otherwise
look like one of the objective, end the worker, or vanish after the trial's end.
"""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
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
                setattr(target, hook, _guarded(study, log, field, hook, getattr(target, hook)))


def _is_of_user(target: object) -> bool:
    return type(target).__module__.partition(".")[0] != _OPTUNA


def _guarded(
    study: StudyHandle, log: Callable[[str], None], field: str, hook: str, method: Callable[..., Any]
) -> Callable[..., Any]:
    module = type(getattr(method, "__self__", None)).__module__

    def call(*arguments: Any, **keywords: Any) -> Any:
        try:
            return method(*arguments, **keywords)
        except (OwnershipLostError, ConnectionLostError, optuna.TrialPruned):
            raise
        except Exception as error:
            raised = describe(error, module)
            place = f" ({raised.place})" if raised.place else ""
            sentence = f"{field}: {hook} raised {raised.type_name}: {raised.message}{place}"[:ERROR_CHARACTERS]
            log(f"{sentence}\n{raised.traceback}")
            with suppress(optuna.exceptions.UpdateFinishedTrialError):
                study.storage.set_own_attr(SAMPLER_ERROR, sentence)
            if hook in SWALLOWED:
                return None
            raise HookError(sentence) from error

    return call
