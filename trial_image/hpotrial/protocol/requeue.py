"""Fail a RUNNING trial for an infrastructure reason and enqueue its retry, in one transaction.

A worker that must exit requeues its own trial; the operator does the same for a lost worker. Both use this module, so
that a retried trial is the same in both cases. Statements run only through the caller's function, inside the caller's
transaction. Trials that wait for their first attempt (`enqueue`) are written here too, because they use the same rows.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from hpotrial import protocol
from hpotrial.protocol import trial_rows

# Runs one statement in the caller's transaction and returns its rows.
Run = Callable[[str, Mapping[str, Any]], Sequence[tuple[Any, ...]]]

# Optuna locks the study's row first when it creates a trial. The same order cannot deadlock with it.
LOCK_STUDY = "select 1 from studies where study_id = %(study)s for update"
# Compare-and-set, so that two processes cannot both end the trial.
END = """
update trials set state = 'FAIL', datetime_complete = now() at time zone 'utc'
where trial_id = %(trial)s and state = 'RUNNING' returning number
"""
READ = """
select (select json_object_agg(key, value_json) from trial_user_attributes where trial_id = %(trial)s),
       (select json_object_agg(key, value_json) from trial_system_attributes where trial_id = %(trial)s),
       (select json_object_agg(param_name, json_build_array(param_value, distribution_json))
        from trial_params where trial_id = %(trial)s)
"""
WRITE_ATTRIBUTES = """
insert into trial_user_attributes (trial_id, key, value_json)
select %(trial)s, key, value from json_each_text(%(attributes)s)
on conflict (trial_id, key) do update set value_json = excluded.value_json
"""
# Under the study's lock no other trial is added, so the newest has the highest number. One statement for any number of
# trials, because workers that claim a trial wait for the lock.
ENQUEUE = """
with newest as (
    select coalesce((select number + 1 from trials where study_id = %(study)s order by trial_id desc limit 1), 0)
        as next),
wanted as (select item, place from json_array_elements(%(trials)s) with ordinality as items (item, place)),
made as (
    insert into trials (study_id, state, number)
    select %(study)s, 'WAITING'::trialstate, next + place - 1 from newest, wanted order by place
    returning trial_id, number),
numbered as (select trial_id, item from newest, made, wanted where number = next + place - 1),
users as (
    insert into trial_user_attributes (trial_id, key, value_json)
    select trial_id, key, value from numbered, json_each_text(item -> 'user'))
insert into trial_system_attributes (trial_id, key, value_json)
select trial_id, key, value from numbered, json_each_text(item -> 'system')
"""

# Results of the first attempt, which Optuna keeps in system attributes and a copy must not have.
RESULT_PREFIXES = ("constraints", "completed_rung_")
FIXED_PARAMS = "fixed_params"  # Optuna's name for the parameters that an enqueued trial must use


@dataclass(frozen=True, slots=True)
class Loss:
    """The reason for which a trial is failed from outside, as its attributes show it."""

    failure_class: str
    error: str = ""


def requeue_trial(run: Run, study_id: int, trial_id: int, loss: Loss, *, is_retried: bool, retries: int = 0) -> bool:
    """Fail a trial, never charged, for its own worker. False when it had been ended already.

    `retries`: how many of the trial's retries this one takes; none when the worker must exit.
    """
    number = _end(run, study_id, trial_id)
    if number is None:
        return False
    _note(run, trial_id, loss, is_charged=False)
    if is_retried:
        _enqueue_copy(run, study_id, trial_id, number, retries=retries)
    return True


def fail_lost(run: Run, study_id: int, trial_id: int, loss: Loss, max_retries: int) -> bool | None:
    """Fail the trial of a lost worker, for the operator; retry it for infrastructure reasons while retries are left.

    Returns None when the trial had been ended already, otherwise whether it is retried. A trial that is not retried is
    charged.
    """
    number = _end(run, study_id, trial_id)
    if number is None:
        return None
    attributes, _, _ = _read(run, trial_id)
    is_infrastructure = loss.failure_class in protocol.INFRASTRUCTURE_CLASSES
    is_retried = is_infrastructure and attributes.get(protocol.RETRIES, 0) < max_retries
    _note(run, trial_id, loss, is_charged=not is_retried)
    if is_retried:
        _enqueue_copy(run, study_id, trial_id, number, retries=1)
    return is_retried


def enqueue(run: Run, study_id: int, trials: Iterable[tuple[Mapping[str, Any], Mapping[str, Any]]]) -> None:
    """Enqueue trials as Optuna's `enqueue_trial` does, each with its parameters and user attributes.

    Retries keep the attributes, which may have the sweep's prefix, unlike a user's own. The caller holds the study's
    lock (`LOCK_STUDY`).
    """
    _enqueue(
        run,
        study_id,
        *(
            ({**attributes, protocol.USER_ATTRIBUTES: sorted(attributes)}, {FIXED_PARAMS: dict(params)})
            for params, attributes in trials
        ),
    )


def as_text(attributes: Mapping[str, Any]) -> str:
    """Return the attributes as Optuna stores them, each value as JSON text, which `json_each_text` passes unchanged."""
    return json.dumps(_texts(attributes))


def _texts(attributes: Mapping[str, Any]) -> dict[str, str]:
    return {key: json.dumps(value) for key, value in attributes.items()}


def _end(run: Run, study_id: int, trial_id: int) -> int | None:
    run(LOCK_STUDY, {"study": study_id})
    numbers = run(END, {"trial": trial_id})
    return int(numbers[0][0]) if numbers else None


def _note(run: Run, trial_id: int, loss: Loss, *, is_charged: bool) -> None:
    attributes: dict[str, Any] = {protocol.CLASS: loss.failure_class}
    if loss.error:
        attributes[protocol.ERROR] = loss.error
    if not is_charged:
        attributes[protocol.CHARGED] = False
    run(WRITE_ATTRIBUTES, {"trial": trial_id, "attributes": as_text(attributes)})


def _enqueue_copy(run: Run, study_id: int, trial_id: int, number: int, *, retries: int) -> None:
    """Enqueue the trial again, with all parameters that were decided for it."""
    user, system, params = _read(run, trial_id)
    inherited_names = user.get(protocol.USER_ATTRIBUTES, ())
    user_attributes = {
        **{key: user[key] for key in (*inherited_names, protocol.USER_ATTRIBUTES) if key in user},
        protocol.RETRIED_FROM: number,
        protocol.ATTEMPT: user.get(protocol.ATTEMPT, 0) + 1,
        protocol.RETRIES: user.get(protocol.RETRIES, 0) + retries,
    }
    if protocol.CHECKPOINT in user:
        user_attributes[protocol.CHECKPOINT] = user[protocol.CHECKPOINT]
    system_attributes = {key: value for key, value in system.items() if not key.startswith(RESULT_PREFIXES)}
    fixed_params = {**system_attributes.get(FIXED_PARAMS, {}), **params}
    if fixed_params:
        system_attributes[FIXED_PARAMS] = fixed_params
    _enqueue(run, study_id, (user_attributes, system_attributes))


def _enqueue(run: Run, study_id: int, *trials: tuple[Mapping[str, Any], Mapping[str, Any]]) -> None:
    """Enqueue trials, each with user and system attributes."""
    items = [{"user": _texts(user), "system": _texts(system)} for user, system in trials]
    run(ENQUEUE, {"study": study_id, "trials": json.dumps(items)})


def _read(run: Run, trial_id: int) -> tuple[dict[str, Any], dict[str, Any], dict[str, Any]]:
    user, system, params = run(READ, {"trial": trial_id})[0]
    return (
        trial_rows.read_attributes(user),
        trial_rows.read_attributes(system),
        trial_rows.read_parameters((name, value, text) for name, (value, text) in (params or {}).items()),
    )
