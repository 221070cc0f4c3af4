"""All SQL of the worker, for the schema of Optuna 5. `protocol.requeue` has what it shares with the operator.

Each constant is one round trip. Changes that must happen together are one statement, so that a lost reply leaves all of
them done or none. Tests compare the rows with those that Optuna itself writes.
"""

from __future__ import annotations

from collections.abc import Collection

from hpotrial import protocol
from hpotrial.protocol.baseline import KEY
from hpotrial.protocol.control import MAX_TRIALS, STOP, STOP_NONE
from hpotrial.protocol.requeue import ENQUEUE as INSERT_WAITING
from hpotrial.protocol.requeue import LOCK_STUDY
from hpotrial.protocol.trial_rows import VALUES, parameter_rows, user_attributes

SCHEMA_VERSION = """
select (select version_num from alembic_version), (select library_version from version_info)
"""
STUDY = """
select s.study_id, (select json_agg(d.direction::text order by d.objective)
                    from study_directions d where d.study_id = s.study_id)
from studies s where s.study_name = %(name)s
"""
STUDY_USER_ATTRIBUTES = "select key, value_json from study_user_attributes where study_id = %(study)s"
STUDY_SYSTEM_ATTRIBUTES = "select key, value_json from study_system_attributes where study_id = %(study)s"
# A deleted study takes no attribute and raises no error, because the next poll or claim reports the deletion.
SET_STUDY_USER_ATTRIBUTE = """
insert into study_user_attributes (study_id, key, value_json)
select study_id, %(key)s, %(value)s from studies where study_id = %(study)s for key share
on conflict (study_id, key) do update set value_json = excluded.value_json
"""
SET_STUDY_SYSTEM_ATTRIBUTE = """
insert into study_system_attributes (study_id, key, value_json)
select study_id, %(key)s, %(value)s from studies where study_id = %(study)s for key share
on conflict (study_id, key) do update set value_json = excluded.value_json
"""

_CONTROL = f"""
    select json_object_agg(key, value_json) from study_user_attributes where study_id = %(study)s and key in (
        '{protocol.OWNER}', '{protocol.PROTOCOL}', '{protocol.CONTROL}', '{protocol.BREAKER}', '{protocol.IMAGES}')
"""
# The study's control attributes, and the state of this worker's trial.
LOOK = f"select ({_CONTROL}), (select state::text from trials where trial_id = %(trial)s)"

# --- The claim of a trial: one constant per step, joined to one round trip (`ASK`) --------------------------------
# Optuna numbers trials under the study's lock, and so do workers: each sees every trial that was claimed before.
# No row when the sweep does not own the study, when workers must stop, or when the protocol versions differ.
_BUDGET = f"""budget as (
    select (c.value_json::json ->> '{MAX_TRIALS}')::int as max_trials
    from study_user_attributes c
    where c.study_id = %(study)s and c.key = '{protocol.CONTROL}' and c.value_json::json ->> '{STOP}' = '{STOP_NONE}'
      and exists (select from study_user_attributes o where o.study_id = %(study)s and o.key = '{protocol.OWNER}'
                  and o.value_json = %(owner)s)
      and not exists (select from study_user_attributes b where b.study_id = %(study)s and (
                      b.key = '{protocol.BREAKER}'
                      or b.key = '{protocol.PROTOCOL}' and b.value_json <> '{protocol.PROTOCOL_VERSION}')))"""
# The next trial's number. Under the lock, the trial with the highest id has the highest number.
_NEXT_NUMBER = """next_number as (
    select coalesce((select number + 1 from trials where study_id = %(study)s order by trial_id desc limit 1), 0)
        as number)"""
# One row when the budget allows another trial. Trials are counted only once the study has as many as the budget,
# because counting reads all of them.
_MAY_CLAIM = f"""may_claim as (
    select 1 from budget, next_number where case when next_number.number < max_trials then true else
        (select count(*) from trials t where t.study_id = %(study)s and {protocol.IS_CHARGED_SQL}) < max_trials end)"""
# The oldest trial in the queue: a retry, a contrast trial, or one that a user enqueued. In the pod of a baseline trial,
# only that one.
_WAITING = f"""waiting as (
    select t.trial_id from trials t, may_claim where t.study_id = %(study)s and t.state = 'WAITING'
      and (%(baseline)s is null or exists (select from trial_user_attributes b where b.trial_id = t.trial_id
           and b.key = '{protocol.BASELINE}' and b.value_json::json ->> '{KEY}' = %(baseline)s))
    order by t.trial_id limit 1 for update of t skip locked)"""
_START_WAITING = """started as (
    update trials t set state = 'RUNNING', datetime_start = now() at time zone 'utc'
    from waiting where t.trial_id = waiting.trial_id
    returning t.trial_id, t.number, t.datetime_start)"""
# Only with an empty queue, so that an enqueued trial never waits behind a new one.
_CREATE = """created as (
    insert into trials (study_id, state, number, datetime_start)
    select %(study)s, 'RUNNING', next_number.number, now() at time zone 'utc' from next_number, may_claim
    where not exists (select from waiting) and %(baseline)s is null
    returning trial_id, number, datetime_start)"""
_CLAIMED = "claimed as (select *, true as was_waiting from started union all select *, false from created)"
# In the same transaction, because a trial without a pod's uid cannot be told from one that a crashed worker left.
_SIGN = """signature as (
    insert into trial_user_attributes (trial_id, key, value_json)
    select claimed.trial_id, s.key, s.value from claimed, json_each_text(%(signature)s) s
    on conflict (trial_id, key) do update set value_json = excluded.value_json)"""
_CLAIM_STEPS = ",\n".join(
    (_BUDGET, _NEXT_NUMBER, _MAY_CLAIM, _WAITING, _START_WAITING, _CREATE, _CLAIMED, _SIGN),
)
# One row in any case: the control attributes, and the claimed trial or nulls.
ASK = f"""
{LOCK_STUDY};
with {_CLAIM_STEPS}
select ({_CONTROL}), claimed.trial_id, claimed.number, claimed.datetime_start, claimed.was_waiting,
    (select json_object_agg(key, value_json) from trial_user_attributes a where a.trial_id = claimed.trial_id),
    (select json_object_agg(key, value_json) from trial_system_attributes a where a.trial_id = claimed.trial_id)
from (values (1)) as one left join claimed on true
"""

# Whether a lost worker's baseline trial is still to be requeued, or has just been, and the budget allows it. A running
# trial may still be requeued uncharged, so that only finished ones have spent the budget for good.
OPEN_BASELINE = f"""
select exists (select from trials t join trial_user_attributes b on b.trial_id = t.trial_id
               where t.study_id = %(study)s and t.state in ('WAITING', 'RUNNING') and b.key = '{protocol.BASELINE}'
                 and b.value_json::json ->> '{KEY}' = %(baseline)s)
   and (select count(*) from trials t
         where t.study_id = %(study)s and t.state <> 'RUNNING' and {protocol.IS_CHARGED_SQL}) < %(max_trials)s
"""

# A trial that an objective enqueues, and the same one when the reply to an earlier insert was lost.
ENQUEUE = f"{LOCK_STUDY};{INSERT_WAITING} returning trial_id"
WAITING = "select count(*) from trials where study_id = %(study)s and state = 'WAITING'"
ENQUEUED = f"""
select t.trial_id from trials t join trial_user_attributes a on a.trial_id = t.trial_id
where t.study_id = %(study)s and a.key = '{protocol.ENQUEUE_ID}' and a.value_json = %(token)s
"""

# Of the trials that were open before or are new: how many have finished, how many of these failed, and which are open.
# Both conditions are ranges of the primary key.
FINISHED = f"""
select count(*) filter (where is_finished), count(*) filter (where is_finished and state = 'FAIL'), max(trial_id),
    array_agg(trial_id) filter (where state in ('RUNNING', 'WAITING'))
from (select t.trial_id, t.state,
          t.state in ('COMPLETE', 'PRUNED') or t.state = 'FAIL' and {protocol.IS_CHARGED_SQL} as is_finished
      from trials t
      where t.study_id = %(study)s and (t.trial_id > %(watermark)s or t.trial_id = any(%(open)s))) as changed
"""

EARLIER_WORKERS = f"""
select count(distinct u.value_json) from trials t
join trial_user_attributes w
    on w.trial_id = t.trial_id and w.key = '{protocol.WORKER_INDEX}' and w.value_json = %(index)s
join trial_user_attributes u on u.trial_id = t.trial_id and u.key = '{protocol.POD_UID}' and u.value_json <> %(uid)s
where t.study_id = %(study)s
"""

# A worker runs one trial at a time, so any other RUNNING trial with its uid was claimed without a reply.
REQUEUE_ORPHANED_TRIALS = f"""
update trials t set state = 'WAITING', datetime_start = null
where t.study_id = %(study)s and t.state = 'RUNNING' and t.trial_id <> %(trial)s and exists (
    select 1 from trial_user_attributes a
    where a.trial_id = t.trial_id and a.key = '{protocol.POD_UID}' and a.value_json = %(uid)s)
returning t.trial_id
"""

_TRIAL = f"""
select t.trial_id, t.number, t.state::text, t.datetime_start, t.datetime_complete, {VALUES}, {parameter_rows()},
    (select json_agg(json_build_array(i.step, i.intermediate_value::text, i.intermediate_value_type::text))
     from trial_intermediate_values i where i.trial_id = t.trial_id), {user_attributes()},
    (select json_object_agg(key, value_json) from trial_system_attributes a where a.trial_id = t.trial_id)
from trials t
"""
TRIALS = f"""
{_TRIAL} where t.study_id = %(study)s and (t.trial_id > %(watermark)s or t.trial_id = any(%(open)s))
order by t.trial_id
"""
TRIAL = f"{_TRIAL} where t.study_id = %(study)s and t.trial_id = %(trial)s"

FIRST_DISTRIBUTION = """
select p.distribution_json from trial_params p join trials t on t.trial_id = p.trial_id
where t.study_id = %(study)s and p.param_name = %(name)s limit 1
"""

# The parts of a write. A trial that is no longer RUNNING takes none of them. A concurrent end of the trial is waited
# for, because it holds the row.
_RUNNING_TRIAL = "mine as (select trial_id from trials where trial_id = %(trial)s and state = 'RUNNING' for update)"
_PARTS = {
    "params": """
insert into trial_params (trial_id, param_name, param_value, distribution_json)
select mine.trial_id, r ->> 0, (r ->> 1)::double precision, r ->> 2
from mine, json_array_elements(%(params)s) with ordinality as rows (r, place) order by place
on conflict (trial_id, param_name) do nothing""",
    "steps": """
insert into trial_intermediate_values (trial_id, step, intermediate_value, intermediate_value_type)
select mine.trial_id, (r ->> 0)::int, (r ->> 1)::double precision, (r ->> 2)::trialintermediatevaluetype
from mine, json_array_elements(%(steps)s) with ordinality as rows (r, place) order by place
on conflict (trial_id, step) do nothing""",
    "user": """
insert into trial_user_attributes (trial_id, key, value_json)
select mine.trial_id, key, value from mine, json_each_text(%(user)s)
on conflict (trial_id, key) do update set value_json = excluded.value_json""",
    "system": """
insert into trial_system_attributes (trial_id, key, value_json)
select mine.trial_id, key, value from mine, json_each_text(%(system)s)
on conflict (trial_id, key) do update set value_json = excluded.value_json""",
    "values": """
insert into trial_values (trial_id, objective, value, value_type)
select mine.trial_id, (r ->> 0)::int, (r ->> 1)::double precision, (r ->> 2)::trialvaluetype
from mine, json_array_elements(%(values)s) as rows (r)
on conflict (trial_id, objective) do update set value = excluded.value, value_type = excluded.value_type""",
    "state": """
update trials t set state = %(state)s::trialstate, datetime_complete = now() at time zone 'utc'
from mine where t.trial_id = mine.trial_id""",
}
PARTS = tuple(_PARTS)


def write(parts: Collection[str]) -> str:
    """Return one statement that writes these parts. It returns a row when the trial was still RUNNING."""
    steps = [f"{name}_part as ({_PARTS[name]})" for name in PARTS if name in parts]
    return f"with {', '.join([_RUNNING_TRIAL, *steps])} select 1 from mine"


SET_BREAKER = f"""
insert into study_user_attributes (study_id, key, value_json)
select study_id, '{protocol.BREAKER}', %(value)s from studies where study_id = %(study)s for key share
on conflict (study_id, key) do nothing
"""
# Open the breaker when the study's first trials all failed alike.
OPEN_BREAKER = f"""
with finished as (
    select t.state, f.value_json as fingerprint from trials t
    left join trial_user_attributes f on f.trial_id = t.trial_id and f.key = '{protocol.FINGERPRINT}'
    where t.study_id = %(study)s and t.number >= %(first)s and t.state in ('COMPLETE', 'PRUNED', 'FAIL')
      and {protocol.IS_CHARGED_SQL}),
opened as (
    insert into study_user_attributes (study_id, key, value_json)
    select %(study)s, '{protocol.BREAKER}', %(value)s
    where (select count(*) from finished) >= {protocol.BREAKER_TRIALS}
      and not exists (select from finished where state <> 'FAIL' or fingerprint is distinct from %(fingerprint)s)
    on conflict (study_id, key) do nothing
    returning 1)
select exists (select from opened), exists (select from finished where state <> 'FAIL')
"""
