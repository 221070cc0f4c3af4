"""Answer the calls of a trial's process (`trial_proxy`) with the real Optuna trial.

Exceptions of Optuna are raised again in the user's code, except for OwnershipLostError, which ends the trial. An
unreachable database raises nothing: the storage keeps writes and reads what it saw last.
"""

from __future__ import annotations

import pickle
from typing import Any

from hpotrial.lifecycle.ownership import OwnedTrial
from hpotrial.protocol.messages import Call, Refusal, Reply
from hpotrial.storage.study import StudyHandle
from hpotrial.storage.study_storage import OwnershipLostError

METHODS = {
    "suggest_float",
    "suggest_int",
    "suggest_categorical",
    "report",
    "should_prune",
    "set_user_attr",
    "set_constraint",
}
PROPERTIES = {"params", "relative_params", "distributions", "user_attrs", "constraints", "datetime_start"}
STUDY_METHODS = {"get_trials", "stop"}
STUDY_PROPERTIES = {
    "study_name",
    "direction",
    "directions",
    "user_attrs",
    "metric_names",
    "best_value",
    "best_params",
    "best_trial",
    "best_trials",
    "trials",
}


def answer(study: StudyHandle, trial: OwnedTrial, call: Call) -> Reply | Refusal:
    """Return the call's result or exception. Raises OwnershipLostError."""
    try:
        return Reply(_ask(study, trial, call))
    except OwnershipLostError:
        raise
    except Exception as error:
        return Refusal(_portable(error))


def _ask(study: StudyHandle, trial: OwnedTrial, call: Call) -> Any:
    is_about_study = call.name.startswith("study.")
    name = call.name.removeprefix("study.")
    target = study.optuna_study if is_about_study else trial.optuna_trial
    if name in (STUDY_METHODS if is_about_study else METHODS):
        return getattr(target, name)(*call.arguments, **call.keywords)
    if name in (STUDY_PROPERTIES if is_about_study else PROPERTIES):
        return getattr(target, name)
    allowed = ", ".join(sorted(STUDY_METHODS | STUDY_PROPERTIES))
    raise AttributeError(f"trial.{call.name} is not available inside a trial; available from the study: {allowed}")


def _portable(error: Exception) -> Exception:
    """Return the exception itself when it can be pickled, otherwise one with its text."""
    plain = RuntimeError(f"{type(error).__name__}: {error}")
    try:
        is_portable = type(pickle.loads(pickle.dumps(error))) is type(error)  # noqa: S301  (our own bytes)
    except Exception:
        return plain
    return error if is_portable else plain
