"""Answers what a trial's process asks (`remote_trial`) from the real Optuna trial.

What Optuna raises goes back to the user's code, except for two things that are none of its business: a lost database,
which is retried, and a trial that somebody else has ended.
"""

from __future__ import annotations

import pickle
from typing import Any

from optuna.exceptions import UpdateFinishedTrialError

from hpotrial.messages import Answer, Call, Refusal
from hpotrial.ownership import OwnedTrial
from hpotrial.storage import FencedError, Storage, StorageLostError

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


class TrialLostError(Exception):
    """Somebody else ended the trial while it ran."""


def answer(storage: Storage, owned: OwnedTrial, call: Call) -> Answer | Refusal:
    try:
        return Answer(storage.attempt(lambda: _ask(storage, owned, call)))
    except UpdateFinishedTrialError as error:
        raise TrialLostError(f"trial {owned.number} was ended by somebody else; its process is ended too") from error
    except (StorageLostError, FencedError):
        raise
    except KeyError as error:
        if _exists(storage, owned):
            return Refusal(error)
        raise FencedError(f"trial {owned.number} is gone from the database") from error
    except Exception as error:
        return Refusal(_portable(error))


def _ask(storage: Storage, owned: OwnedTrial, call: Call) -> Any:
    on_study = call.name.startswith("study.")
    name = call.name.removeprefix("study.")
    target = storage.study if on_study else owned.trial
    if name in (STUDY_METHODS if on_study else METHODS):
        return getattr(target, name)(*call.arguments, **call.keywords)
    if name in (STUDY_PROPERTIES if on_study else PROPERTIES):
        return getattr(target, name)
    allowed = ", ".join(sorted(STUDY_METHODS | STUDY_PROPERTIES))
    raise AttributeError(f"trial.{call.name} is not available inside a trial; of the study there are {allowed}")


def _exists(storage: Storage, owned: OwnedTrial) -> bool:
    try:
        storage.attempt(lambda: storage.study._storage.get_trial_user_attrs(owned.id))
    except KeyError:
        return False
    return True


def _portable(error: Exception) -> Exception:
    """As it is, when it survives the pipe; else its text."""
    plain = RuntimeError(f"{type(error).__name__}: {error}")
    try:
        is_portable = type(pickle.loads(pickle.dumps(error))) is type(error)  # noqa: S301  (our own bytes)
    except Exception:
        return plain
    return error if is_portable else plain
