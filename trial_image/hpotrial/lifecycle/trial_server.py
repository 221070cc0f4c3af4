"""Answer the calls of a trial's code (`process.trial_proxy`) with the real Optuna trial, its study and its storage.

The lists below are all that a trial's process can ask for. Exceptions of Optuna are raised again in the user's code,
except for OwnershipLostError, which ends the trial. An unreachable database raises nothing: the storage keeps writes
and reads what it saw last.
"""

from __future__ import annotations

import pickle
from collections.abc import Mapping
from typing import Any

import optuna
from optuna.trial import TrialState, create_trial

from hpotrial import protocol
from hpotrial.protocol.champion import ChampionMark
from hpotrial.protocol.messages import Call, Refusal, Reply, TrialFacts
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
PROPERTIES = {
    "params",
    "relative_params",
    "relative_search_space",
    "distributions",
    "user_attrs",
    "constraints",
    "datetime_start",
}
STUDY_PROPERTIES = {"sampler", "pruner"}
STORAGE_READS = {
    "get_trial",
    "get_all_trials",
    "get_best_trial",
    "get_n_trials",
    "get_study_user_attrs",
    "get_study_system_attrs",
}
STORAGE_WRITES = {
    "set_trial_param",
    "set_trial_intermediate_value",
    "set_trial_user_attr",
    "set_trial_system_attr",
    "set_study_user_attr",
    "set_study_system_attr",
}
METRIC_NAMES = "study:metric_names"  # Optuna's name for the names of the objectives, which are the spec's


def facts(trial: optuna.Trial) -> TrialFacts:
    """Return what the trial's process knows without asking."""
    study = trial.study
    directions = tuple(direction.name for direction in study.directions)
    mark = ChampionMark.from_json(trial.user_attrs.get(protocol.CHAMPION))
    seed = mark.seed if mark is not None else None
    return TrialFacts(trial.number, trial._trial_id, study._study_id, study.study_name, directions, seed)


def answer(trial: optuna.Trial, call: Call, *, is_local: bool = False) -> Reply | Refusal:
    """Return the call's result or exception. Raises OwnershipLostError.

    `is_local`: the code runs in this process, so that it gets its own exceptions, such as that of a signal handler.
    """
    try:
        return Reply(_ask(trial, call), call.id)
    except OwnershipLostError:
        raise
    except Exception as error:
        return Refusal(error if is_local else _portable(error), call.id)


def _ask(trial: optuna.Trial, call: Call) -> Any:
    part, _, name = call.name.rpartition(".")
    match part:
        case "storage":
            return _ask_storage(trial, name, call)
        case "study" if name == "stop":
            return trial.study.stop()
        case "study" if name in STUDY_PROPERTIES:
            return getattr(trial.study, name)
        case "" if name == "note_checkpoint":
            return trial.set_user_attr(protocol.CHECKPOINT, *call.arguments)
        case "" if name in METHODS:
            if name == "set_user_attr":
                _check_key(call.arguments[0])
            return getattr(trial, name)(*call.arguments, **call.keywords)
        case "" if name in PROPERTIES:
            return getattr(trial, name)
        case _:
            raise AttributeError(f"trial.{call.name} is not available inside a trial")


def _ask_storage(trial: optuna.Trial, name: str, call: Call) -> Any:
    if name == "enqueue":
        return _enqueue(trial, *call.arguments)
    if name not in STORAGE_READS | STORAGE_WRITES:
        raise AttributeError(f"trial.{call.name} is not available inside a trial")
    if name.endswith("_attr"):
        _check_key(call.arguments[1])
    if name in STORAGE_WRITES and "_trial_" in name and call.arguments[0] != trial._trial_id:
        raise ValueError(f"trial.storage.{name}: trial {trial.number} can be written only, no other of the study")
    return getattr(trial.storage, name)(*call.arguments, **call.keywords)


def _check_key(key: str) -> None:
    if key.startswith(protocol.ATTRIBUTE_PREFIX):
        raise ValueError(f"attribute `{key}`: the prefix `{protocol.ATTRIBUTE_PREFIX}` belongs to the sweep")
    if key == METRIC_NAMES:
        raise ValueError(f"attribute `{key}`: belongs to the sweep. Name the objectives in spec.study.objectives")


def _enqueue(trial: optuna.Trial, params: Mapping[str, Any], attributes: Mapping[str, Any]) -> int:
    """Enqueue a trial. It is one of the budget: a worker takes it instead of a new one."""
    for key in attributes:
        _check_key(key)
    system_attributes = {"fixed_params": dict(params)}
    template = create_trial(state=TrialState.WAITING, system_attrs=system_attributes, user_attrs=dict(attributes))
    return trial.storage.create_new_trial(trial.study._study_id, template_trial=template)


def _portable(error: Exception) -> Exception:
    """Return the exception itself when it can be pickled, otherwise one with its text."""
    plain = RuntimeError(f"{type(error).__name__}: {error}")
    try:
        is_portable = type(pickle.loads(pickle.dumps(error))) is type(error)  # noqa: S301  (our own bytes)
    except Exception:
        return plain
    return error if is_portable else plain
