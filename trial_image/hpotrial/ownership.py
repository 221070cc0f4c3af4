"""Whose trial it is: written when it starts, checked and undone in single transactions of the database.

A trial changes hands only by a compare-and-set on its state, so that two who disagree (this worker, its successor, the
operator) never both win. The statements speak to Optuna's own tables; tests hold them against Optuna's reading.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import optuna
from sqlalchemy import text
from sqlalchemy.engine import Connection

from hpotrial import contract
from hpotrial.storage import Storage
from hpotrial.work import Identity

# One statement and one snapshot: our own trial is counted in `spent`, so whoever is one too many sees it and gives way.
CLAIM = text(f"""
with spent as (select count(*) as charged from trials t where t.study_id = :study and {contract.IS_CHARGED_SQL}),
undone as (update trials set state = 'WAITING', datetime_start = null
           where trial_id = :trial and state = 'RUNNING' and (select charged from spent) > :max_trials),
named as (insert into trial_user_attributes (trial_id, key, value_json)
          select :trial, key, value from json_each_text(:attributes)
          where (select charged from spent) <= :max_trials
          on conflict (trial_id, key) do update set value_json = excluded.value_json)
select charged from spent
""")  # noqa: S608  (the only text put in is a constant of ours)
# A worker runs one trial at a time: whatever else bears its uid was created and then lost from sight.
RETURN_STRAYS = text("""
update trials t set state = 'WAITING', datetime_start = null
where t.study_id = :study and t.state = 'RUNNING' and exists (
    select 1 from trial_user_attributes a where a.trial_id = t.trial_id and a.key = :key and a.value_json = :uid)
""")
WRITE_ATTRIBUTES = text("""
insert into trial_user_attributes (trial_id, key, value_json)
select t.trial_id, key, value from json_each_text(:attributes) cross join trials t
where t.trial_id = :trial and t.state::text = :state
on conflict (trial_id, key) do update set value_json = excluded.value_json
""")
LOCK_STUDY = text("select 1 from studies where study_id = :study for update")
FAIL = text("""
update trials set state = 'FAIL', datetime_complete = now() at time zone 'utc'
where trial_id = :trial and state = 'RUNNING'
""")
ENQUEUE = text("insert into trials (study_id, state) values (:study, 'WAITING') returning trial_id")
NUMBER = text("""
update trials set number = (select count(*) from trials where study_id = :study and trial_id < :trial)
where trial_id = :trial
""")
WRITE_SYSTEM_ATTRIBUTES = text("""
insert into trial_system_attributes (trial_id, key, value_json)
select :trial, key, value from json_each_text(:attributes)
""")

# A copy starts from nothing: what Optuna noted about the first try's own results must not come along.
RESULTS_OF_THE_FIRST_TRY = ("constraints", "completed_rung_")


@dataclass(frozen=True, slots=True)
class OwnedTrial:
    """A RUNNING trial of ours, and what it came with when it was taken."""

    trial: optuna.Trial
    attempt: int
    came_with: Mapping[str, Any] = field(default_factory=dict)

    @property
    def id(self) -> int:
        return self.trial._trial_id

    @property
    def number(self) -> int:
        return self.trial.number


def claim(storage: Storage, trial: optuna.Trial, who: Identity, max_trials: int) -> OwnedTrial | None:
    """Sign the trial that was just asked; None, and the trial WAITING again, when it is beyond the budget."""
    came_with = {key: value for key, value in trial.user_attrs.items() if not key.startswith(contract.ATTRIBUTE_PREFIX)}
    attempt = int(trial.user_attrs.get(contract.ATTEMPT, 0))
    signature = {
        contract.POD: who.pod,
        contract.UID: who.uid,
        contract.NODE: who.node,
        contract.WORKER: who.index,
        contract.ATTEMPT: attempt,
    }

    def sign() -> int:
        with storage.transaction() as connection:
            row = connection.execute(
                CLAIM,
                {
                    "study": storage.study_id,
                    "trial": trial._trial_id,
                    "max_trials": max_trials,
                    "attributes": _as_text(signature),
                },
            ).one()
            return int(row.charged)

    charged = storage.attempt(sign)
    return None if charged > max_trials else OwnedTrial(trial, attempt, came_with)


def return_strays(storage: Storage, who: Identity) -> int:
    """To be called between two trials: put back what an outage made this worker ask for unawares."""

    def put_back() -> int:
        parameters = {"study": storage.study_id, "key": contract.UID, "uid": json.dumps(who.uid)}
        with storage.transaction() as connection:
            return connection.execute(RETURN_STRAYS, parameters).rowcount

    return storage.attempt(put_back) if who.uid else 0


def note(storage: Storage, owned: OwnedTrial, attributes: Mapping[str, Any]) -> None:
    """Write attributes to a trial that still runs."""

    def write() -> None:
        with storage.transaction() as connection:
            _write(connection, owned.id, "RUNNING", attributes)

    storage.attempt(write)


def hand_back(storage: Storage, owned: OwnedTrial, failure_class: str, again: bool) -> bool:
    """End the trial uncharged and, when it shall be tried again, enqueue a copy of it: both or neither.

    False when somebody else had ended it: then nothing is written.
    """
    system_attributes = _for_a_copy(storage, owned) if again else {}
    user_attributes = {
        **owned.came_with,
        contract.RETRIED_FROM: owned.number,
        contract.ATTEMPT: owned.attempt + 1,
    }

    def give() -> bool:
        with storage.transaction() as connection:
            # Optuna takes the study's row first when it creates a trial; the same order cannot deadlock with it.
            connection.execute(LOCK_STUDY, {"study": storage.study_id})
            _write(connection, owned.id, "RUNNING", {contract.CHARGED: False, contract.CLASS: failure_class})
            if connection.execute(FAIL, {"trial": owned.id}).rowcount == 0:
                return False
            if system_attributes:
                _enqueue(connection, storage.study_id, user_attributes, system_attributes)
            return True

    return storage.attempt(give)


def _for_a_copy(storage: Storage, owned: OwnedTrial) -> dict[str, Any]:
    """What makes a second try the same trial; empty when nothing was decided yet, and a new one is as good."""
    noted = storage.attempt(lambda: storage.study._storage.get_trial_system_attrs(owned.id))
    kept = {key: value for key, value in noted.items() if not key.startswith(RESULTS_OF_THE_FIRST_TRY)}
    decided = {**kept.get("fixed_params", {}), **owned.trial.params}
    return {**kept, "fixed_params": decided} if decided else kept


def _enqueue(
    connection: Connection, study_id: int, user_attributes: Mapping[str, Any], system_attributes: Mapping[str, Any]
) -> None:
    copy_id = connection.execute(ENQUEUE, {"study": study_id}).scalar_one()
    connection.execute(NUMBER, {"study": study_id, "trial": copy_id})
    connection.execute(WRITE_SYSTEM_ATTRIBUTES, {"trial": copy_id, "attributes": _as_text(system_attributes)})
    _write(connection, copy_id, "WAITING", user_attributes)


def _write(connection: Connection, trial_id: int, state: str, attributes: Mapping[str, Any]) -> None:
    values = {"trial": trial_id, "state": state, "attributes": _as_text(attributes)}
    connection.execute(WRITE_ATTRIBUTES, values)


def _as_text(attributes: Mapping[str, Any]) -> str:
    """Optuna stores each value as JSON text; `json_each_text` hands strings through unchanged."""
    return json.dumps({key: json.dumps(value) for key, value in attributes.items()})
