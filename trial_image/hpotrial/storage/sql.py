"""All SQL of the worker, against the schema of Optuna 5; `requeue` has what it shares with the operator.

Each is one round trip. What belongs together is one statement, so that a reply that is lost leaves all of it done or
none of it. Tests hold the rows against those that Optuna itself writes.
"""

from __future__ import annotations

from collections.abc import Collection

from hpotrial import protocol
from hpotrial.protocol.trial_rows import PARAMETERS, VALUES, user_attributes

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
# A study that is gone takes no attribute and is no error: the next look, or the next trial, says that it is gone.
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

_WISHES = f"""
    select json_object_agg(key, value_json) from study_user_attributes where study_id = %(study)s and key in (
        '{protocol.OWNER}', '{protocol.PROTOCOL}', '{protocol.CONTROL}', '{protocol.BREAKER}', '{protocol.IMAGES}')
"""
# What the operator wishes, and whether the trial of this worker is still its own.
LOOK = f"select ({_WISHES}), (select state::text from trials where trial_id = %(trial)s)"

# Optuna numbers trials under the study's lock, and so do we: who asks sees all that were asked before. As long as the
# study has fewer trials than the budget, the number alone says that there is room; only then are they counted.
ASK = f"""
select 1 from studies where study_id = %(study)s for update;
with wish as (
    select (c.value_json::json ->> 'maxTrials')::int as max_trials
    from study_user_attributes c
    where c.study_id = %(study)s and c.key = '{protocol.CONTROL}' and c.value_json::json ->> 'stop' = 'None'
      and exists (select from study_user_attributes o where o.study_id = %(study)s and o.key = '{protocol.OWNER}'
                  and o.value_json = %(owner)s)
      and not exists (select from study_user_attributes b where b.study_id = %(study)s and (
                      b.key = '{protocol.BREAKER}'
                      or b.key = '{protocol.PROTOCOL}' and b.value_json <> '{protocol.PROTOCOL_VERSION}'))),
newest as (select coalesce((select number + 1 from trials where study_id = %(study)s
                            order by trial_id desc limit 1), 0) as trials),
room as (
    select 1 from wish, newest where case when newest.trials < max_trials then true else
        (select count(*) from trials t where t.study_id = %(study)s and {protocol.IS_CHARGED_SQL}) < max_trials end),
waiting as (
    select t.trial_id from trials t, room where t.study_id = %(study)s and t.state = 'WAITING'
    order by t.trial_id limit 1 for update of t skip locked),
taken as (
    update trials t set state = 'RUNNING', datetime_start = now() at time zone 'utc'
    from waiting where t.trial_id = waiting.trial_id
    returning t.trial_id, t.number, t.datetime_start),
made as (
    insert into trials (study_id, state, number, datetime_start)
    select %(study)s, 'RUNNING', newest.trials, now() at time zone 'utc' from newest, room
    where not exists (select from waiting)
    returning trial_id, number, datetime_start),
mine as (select *, true as was_waiting from taken union all select *, false from made),
signed as (
    insert into trial_user_attributes (trial_id, key, value_json)
    select mine.trial_id, s.key, s.value from mine, json_each_text(%(signature)s) s
    on conflict (trial_id, key) do update set value_json = excluded.value_json)
select ({_WISHES}), mine.trial_id, mine.number, mine.datetime_start, mine.was_waiting,
    (select json_object_agg(key, value_json) from trial_user_attributes a where a.trial_id = mine.trial_id),
    (select json_object_agg(key, value_json) from trial_system_attributes a where a.trial_id = mine.trial_id)
from (values (1)) as one left join mine on true
"""

EARLIER_WORKERS = f"""
select count(distinct u.value_json) from trials t
join trial_user_attributes w
    on w.trial_id = t.trial_id and w.key = '{protocol.WORKER_INDEX}' and w.value_json = %(index)s
join trial_user_attributes u on u.trial_id = t.trial_id and u.key = '{protocol.POD_UID}' and u.value_json <> %(uid)s
where t.study_id = %(study)s
"""

# A worker runs one trial at a time: whatever else bears its uid was created and then lost from sight.
REQUEUE_ORPHANED_TRIALS = f"""
update trials t set state = 'WAITING', datetime_start = null
where t.study_id = %(study)s and t.state = 'RUNNING' and t.trial_id <> %(trial)s and exists (
    select 1 from trial_user_attributes a
    where a.trial_id = t.trial_id and a.key = '{protocol.POD_UID}' and a.value_json = %(uid)s)
returning t.trial_id
"""

_TRIAL = f"""
select t.trial_id, t.number, t.state::text, t.datetime_start, t.datetime_complete, {VALUES}, {PARAMETERS},
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

# The parts of a write, by what there is to write. A trial that is not RUNNING any more is nobody's to write to, and
# whoever holds its row (another end of it) is waited for.
_MINE = "mine as (select trial_id from trials where trial_id = %(trial)s and state = 'RUNNING' for update)"
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
    """One statement that writes these parts of a trial; it returns a row when the trial was still RUNNING."""
    chosen = [f"{name}_part as ({_PARTS[name]})" for name in PARTS if name in parts]
    return f"with {', '.join([_MINE, *chosen])} select 1 from mine"


# The study's first trials all failed alike: nobody asks for more until somebody has looked.
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
