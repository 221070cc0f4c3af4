"""How a RUNNING trial is ended for somebody else's reason, and put back to be tried again: both, or neither.

The worker that must go hands its own trial back; the operator does the same for a worker that is gone. One room, so
that a retried trial is the same trial whoever retries it. It runs statements only through what it is given, inside the
caller's transaction. Trials that wait for their first try (`enqueue`) are written here as well: in the same rows.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from optuna.distributions import json_to_distribution

from hpotrial import protocol

# Runs one statement of the transaction that the caller holds, and returns its rows.
Run = Callable[[str, Mapping[str, Any]], Sequence[tuple[Any, ...]]]

# Optuna takes the study's row first when it creates a trial; the same order cannot deadlock with it.
LOCK_STUDY = "select 1 from studies where study_id = %(study)s for update"
# Compare-and-set: whoever comes first ends the trial, and nobody ends it twice.
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
# Under the study's lock nobody else adds a trial, so the newest one has the highest number. Any number of trials is one
# statement, because every worker that asks waits for the lock.
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

# A copy starts from nothing: what Optuna noted about the first try's own results must not come along.
RESULT_PREFIXES = ("constraints", "completed_rung_")
FIXED_PARAMS = "fixed_params"  # Optuna's own name for what an enqueued trial must use


@dataclass(frozen=True, slots=True)
class Loss:
    """Why a trial is ended from outside, as it will stand on the trial."""

    failure_class: str
    error: str = ""


def requeue_trial(run: Run, study_id: int, trial_id: int, loss: Loss, *, is_retried: bool) -> bool:
    """By its own worker, which must go: never charged. False, and nothing done, when somebody else had ended it."""
    number = _end(run, study_id, trial_id)
    if number is None:
        return False
    _note(run, trial_id, loss, is_charged=False)
    if is_retried:
        _enqueue_copy(run, study_id, trial_id, number, retries=0)
    return True


def fail_lost(run: Run, study_id: int, trial_id: int, loss: Loss, max_retries: int) -> bool | None:
    """By the operator, when its worker is gone: tried again while that is nobody's fault and retries are left.

    None when somebody else had ended it; else whether it will be tried again. What is not tried again is charged.
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
    """Trials that wait, as Optuna's `enqueue_trial` writes them: the parameters and the user attributes of each.

    The attributes stay with a trial however often it is tried; unlike a user's own, they may be of our prefix. The
    caller holds the study's lock (`LOCK_STUDY`).
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
    """Optuna stores each value as JSON text; `json_each_text` hands strings through unchanged."""
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
    """The same trial once more: what was decided for it stays decided."""
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
    """User and system attributes of each."""
    items = [{"user": _texts(user), "system": _texts(system)} for user, system in trials]
    run(ENQUEUE, {"study": study_id, "trials": json.dumps(items)})


def _read(run: Run, trial_id: int) -> tuple[dict[str, Any], dict[str, Any], dict[str, Any]]:
    user, system, params = run(READ, {"trial": trial_id})[0]
    return (
        {key: json.loads(value) for key, value in (user or {}).items()},
        {key: json.loads(value) for key, value in (system or {}).items()},
        {
            name: json_to_distribution(distribution).to_external_repr(value)
            for name, (value, distribution) in (params or {}).items()
        },
    )
