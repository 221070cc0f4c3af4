"""All SQL of the operator, against the schema of Optuna 5 (this folder runs it; nobody else holds a statement).

How a trial is ended and tried again stands in `hpotrial.handback`, because the worker does the same to its own.

What is charged against the budget is defined once, in `hpotrial.contract`, because the worker counts with it too.
"""

from __future__ import annotations

from hpotrial.contract import CONTROL, IS_CHARGED_SQL, OWNER, STOPPED, UID

HAS_SCHEMA = "select to_regclass('studies') is not null and to_regclass('version_info') is not null"

# Two operators, or two sweeps, must not create the schema or a study at the same moment.
LOCK_CREATION = "select pg_advisory_lock(hashtext('hposweep:create'))"
UNLOCK_CREATION = "select pg_advisory_unlock(hashtext('hposweep:create'))"

STUDY_BY_NAME = f"""
select s.study_id, owner.value_json, control.value_json, stopped.value_json
  from studies s
  left join study_user_attributes owner on owner.study_id = s.study_id and owner.key = '{OWNER}'
  left join study_user_attributes control on control.study_id = s.study_id and control.key = '{CONTROL}'
  left join study_user_attributes stopped on stopped.study_id = s.study_id and stopped.key = '{STOPPED}'
 where s.study_name = %(name)s
"""

# One row a study, for any number of studies of one database.
COUNTS = f"""
select t.study_id,
       count(*) filter (where t.state = 'COMPLETE'),
       count(*) filter (where t.state = 'PRUNED'),
       count(*) filter (where t.state = 'FAIL'),
       count(*) filter (where t.state = 'RUNNING'),
       count(*) filter (where t.state = 'WAITING'),
       count(*) filter (where t.state = 'FAIL' and not ({IS_CHARGED_SQL}))
  from trials t
 where t.study_id = any(%(study_ids)s)
 group by t.study_id
"""

# Ties go to the lower trial number. INF values have no row value, pruned trials have one that does not count.
_BEST = """
select t.trial_id, t.number, v.value, t.datetime_complete
  from trials t
  join trial_values v on v.trial_id = t.trial_id and v.objective = 0
 where t.study_id = %(study_id)s and t.state = 'COMPLETE' and v.value_type = 'FINITE'
 order by v.value {order}, t.number
 limit 1
"""
BEST_OF_MAXIMIZED = _BEST.format(order="desc")
BEST_OF_MINIMIZED = _BEST.format(order="asc")

PARAMETERS = "select param_name, param_value, distribution_json from trial_params where trial_id = %(trial_id)s"

RUNNING = f"""
select t.trial_id, t.number, a.value_json,
       coalesce(extract(epoch from (now() at time zone 'utc') - t.datetime_start), 0)::float8
  from trials t
  left join trial_user_attributes a on a.trial_id = t.trial_id and a.key = '{UID}'
 where t.study_id = %(study_id)s and t.state = 'RUNNING'
 order by t.number
"""

CLAIM = f"""
insert into study_user_attributes (study_id, key, value_json) values (%(study_id)s, '{OWNER}', %(value)s)
on conflict (study_id, key) do nothing
"""
DISOWN = f"""
delete from study_user_attributes where study_id = %(study_id)s and key = '{OWNER}' and value_json = %(value)s
"""
SET_ATTRIBUTE = """
insert into study_user_attributes (study_id, key, value_json) values (%(study_id)s, %(key)s, %(value)s)
on conflict (study_id, key) do update set value_json = excluded.value_json
"""
