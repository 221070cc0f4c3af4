"""The operator's SQL, against the schema of Optuna 5; `trials_sql` has the statements for whole trials.

The statements that fail and requeue a trial are in `hpotrial.protocol.requeue`, because the worker runs them too. Which
trials are charged against the budget is defined once, in `hpotrial.protocol`, because the worker counts them too.
"""

from __future__ import annotations

from hpotrial.protocol import (
    ATTRIBUTE_PREFIX,
    BASELINE,
    CHAMPION,
    CLASS,
    CONTRAST,
    IS_CHARGED_SQL,
    OWNER,
    POD_UID,
    RETRIED_FROM,
    START,
    WARM_START,
)
from hpotrial.protocol.trial_rows import parameter_rows

# The limit on connections and the number of others' connections, for the server, this login and this database. The last
# two limits may be -1, which means no limit, and do not apply to a superuser. Without permission to read the details of
# other sessions, `usesysid` and `datid` are still visible.
CONNECTIONS = """
with others as (select usesysid, datid from pg_stat_activity
                 where pid <> pg_backend_pid() and usesysid is not null and datid is not null
                   and coalesce(backend_type, 'client backend') = 'client backend')
select current_setting('max_connections')::int - current_setting('superuser_reserved_connections')::int
         - coalesce(current_setting('reserved_connections', true), '0')::int,
       (select count(*) from others),
       r.rolname, case when r.rolsuper then -1 else r.rolconnlimit end,
       (select count(*) from others where usesysid = r.oid),
       d.datname, case when r.rolsuper then -1 else d.datconnlimit end,
       (select count(*) from others where datid = d.oid)
  from pg_roles r, pg_database d
 where r.rolname = session_user and d.datname = current_database()
"""

# Optuna creates the first two in one step, and the last one after them.
HAS_SCHEMA = """
select to_regclass('studies') is not null and to_regclass('version_info') is not null
   and to_regclass('alembic_version') is not null
"""
SCHEMA_VERSION = """
select (select version_num from alembic_version limit 1), (select library_version from version_info limit 1)
"""
PING = "select 1"
# A restore of the server's files or a failover shows another start, and a database that was created again another oid.
# A timeline would not do: files that were copied at rest keep theirs.
LINEAGE = """
select pg_postmaster_start_time()::text, (select oid::text from pg_database where datname = current_database())
"""
CLOCK = "select extract(epoch from clock_timestamp())::float8"
# Names are quoted where a statement that a person copies needs it. A table lacks a permission when its sequence does.
PERMISSIONS = """
select quote_ident(session_user), current_database(), quote_ident(current_schema()),
       coalesce(has_schema_privilege(current_schema(), 'CREATE'), false),
       pg_is_in_recovery() or current_setting('transaction_read_only')::boolean,
       to_regclass('studies') is not null,
       (select array_agg(t.name order by t.name) from unnest(%(tables)s) t(name)
         where to_regclass(t.name) is not null
           and not (has_table_privilege(to_regclass(t.name), 'SELECT')
                    and has_table_privilege(to_regclass(t.name), 'INSERT')
                    and has_table_privilege(to_regclass(t.name), 'UPDATE')
                    and has_table_privilege(to_regclass(t.name), 'DELETE')
                    and not exists (select 1 from pg_depend d join pg_class s on s.oid = d.objid
                                     where d.refobjid = to_regclass(t.name)
                                       and case when s.relkind = 'S'
                                                then not has_sequence_privilege(s.oid, 'USAGE') end)))
"""

# Two operators, or two sweeps, must not create the schema or a study at the same moment.
LOCK_CREATION = "select pg_advisory_lock(hashtext('hposweep:create'))"
UNLOCK_CREATION = "select pg_advisory_unlock(hashtext('hposweep:create'))"

# A program with a login may write values of any size, so that no statement returns one without a limit. The images and
# the free disk space of a thousand workers have 300 KB.
MAX_ATTRIBUTES_BYTES = 4 * 1024 * 1024  # of a study, with our prefix, together
MAX_ATTRIBUTE_BYTES = 64 * 1024  # of a trial, with our prefix; the last lines of its output have 4,096 characters
MAX_DISTRIBUTION_BYTES = 1024 * 1024  # of one parameter of a trial

# The study's attributes with our prefix as one JSON object of texts, null when there are none or they are too large;
# their size, and the key of the largest.
STUDY_BY_NAME = f"""
select s.study_id,
       case when sizes.total <= {MAX_ATTRIBUTES_BYTES} then
            (select json_object_agg(a.key, a.value_json) from study_user_attributes a
              where a.study_id = s.study_id and starts_with(a.key, '{ATTRIBUTE_PREFIX}')) end,
       (select array_agg(left(d.direction::text, 16) order by d.objective) from study_directions d
         where d.study_id = s.study_id and d.objective < 64),
       sizes.total, left(sizes.largest, 200)
  from studies s
 cross join lateral (
       select coalesce(sum(octet_length(a.value_json)), 0)::bigint as total,
              (array_agg(a.key order by octet_length(a.value_json) desc, a.key))[1] as largest
         from study_user_attributes a
        where a.study_id = s.study_id and starts_with(a.key, '{ATTRIBUTE_PREFIX}')) sizes
 where s.study_name = %(name)s
"""

# Every study of the database, with the owner's uid as JSON.
STUDIES = f"""
select s.study_id, s.study_name,
       (select array_agg(left(d.direction::text, 16) order by d.objective) from study_directions d
         where d.study_id = s.study_id and d.objective < 64),
       (select left(a.value_json, 256) from study_user_attributes a where a.study_id = s.study_id and a.key = '{OWNER}')
  from studies s
 order by s.study_id
"""

# One row per study, for any number of studies of one database.
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

# As in Optuna, a trial is feasible when none of its constraints is above 0. A single constraint is a number under a key
# of its own, those of a sampler are a list under one key; both parse as the elements of an array. A value of another
# program that is no number, none that float8 holds, or larger than an attribute may be, counts as no constraint: it
# must not fail the whole statement, or take its time.
_EXPONENT = r"[eE](\+?(\d\d?|[12]\d\d|30[0-7])|-(\d\d?|[12]\d\d|3[01]\d|32[0-3]))"
_LIMITS = r"1\.7976931348623157e\+308|5e-324"  # the largest float and the smallest
_NUMBER = rf"(NaN|-?(Infinity|{_LIMITS}|\d(\.\d{{1,255}})?{_EXPONENT}|\d{{1,255}}(\.\d{{1,255}})?))"
_NUMBERS = rf"\[?\s*{_NUMBER}(\s*,\s*{_NUMBER})*\s*\]?"
IS_FEASIBLE = rf"""
not exists (
    select 1 from trial_system_attributes c
     where c.trial_id = t.trial_id and (c.key = 'constraints' or c.key like 'constraints:%%')
       and case when octet_length(c.value_json) > {MAX_ATTRIBUTE_BYTES} then false
                when c.value_json ~ '^{_NUMBERS}$'
                then 0 < any(string_to_array(btrim(c.value_json, '[]'), ',')::float8[]) end)
"""
# Ties go to the lower trial number. Infinite values have a null value; the value of a pruned trial does not count.
_BEST = f"""
select t.trial_id, t.number, v.value, t.datetime_complete
  from trials t
  join trial_values v on v.trial_id = t.trial_id and v.objective = 0
 where t.study_id = %(study_id)s and t.state = 'COMPLETE' and v.value_type = 'FINITE' and {IS_FEASIBLE}
"""
BEST_OF_MAXIMIZED = f"{_BEST} order by v.value desc, t.number limit 1"
BEST_OF_MINIMIZED = f"{_BEST} order by v.value asc, t.number limit 1"
BEST_MAXIMIZED = f"{_BEST} order by v.value desc, t.number limit %(limit)s"
BEST_MINIMIZED = f"{_BEST} order by v.value asc, t.number limit %(limit)s"
PARAMETERS_OF_TRIALS = (
    f"select t.trial_id, {parameter_rows(MAX_DISTRIBUTION_BYTES)} from trials t where t.trial_id = any(%(trial_ids)s)"
)
# Values in the order of the objectives; null for one that is not finite.
ALL_VALUES = f"""
select t.trial_id, t.number, t.datetime_complete,
       array_agg(case when v.value_type = 'FINITE' then v.value end order by v.objective)
  from trials t
  join trial_values v on v.trial_id = t.trial_id
 where t.study_id = %(study_id)s and t.state = 'COMPLETE' and {IS_FEASIBLE}
 group by t.trial_id
"""

FAILURES = f"""
select left(a.value_json, 64), count(*)
  from trials t
  join trial_user_attributes a on a.trial_id = t.trial_id and a.key = '{CLASS}'
 where t.study_id = %(study_id)s and t.state = 'FAIL'
 group by left(a.value_json, 64)
"""
RETRY_COUNT = f"""
select count(*)
  from trials t
  join trial_user_attributes a on a.trial_id = t.trial_id and a.key = '{RETRIED_FROM}'
 where t.study_id = %(study_id)s
"""

ATTRIBUTE_OF_TRIAL = """
select left(a.value_json, 1024)
  from trials t
  join trial_user_attributes a on a.trial_id = t.trial_id and a.key = %(key)s
 where t.study_id = %(study_id)s and t.number = %(number)s
"""

PARAMETERS = f"""
select param_name, param_value, distribution_json from trial_params
 where trial_id = %(trial_id)s and octet_length(distribution_json) <= {MAX_DISTRIBUTION_BYTES}
"""

# The definition of each parameter in the first trial that has it.
DEFINITIONS = f"""
select distinct on (p.param_name) p.param_name, p.distribution_json
  from trials t
  join trial_params p on p.trial_id = t.trial_id
 where t.study_id = %(study_id)s and octet_length(p.distribution_json) <= {MAX_DISTRIBUTION_BYTES}
 order by p.param_name, p.param_id
"""

RUNNING = f"""
select t.trial_id, t.number, left(a.value_json, 128),
       coalesce(extract(epoch from (now() at time zone 'utc') - t.datetime_start), 0)::float8
  from trials t
  left join trial_user_attributes a on a.trial_id = t.trial_id and a.key = '{POD_UID}'
 where t.study_id = %(study_id)s and t.state = 'RUNNING'
 order by t.number
"""

# The trials that the budget has spent or reserved; WAITING trials are reserved.
RESERVED = f"""
select count(*) from trials t where t.study_id = %(study_id)s and (t.state = 'WAITING' or {IS_CHARGED_SQL})
"""
CONTRASTED = f"""
select a.value_json
  from trials t
  join trial_user_attributes a on a.trial_id = t.trial_id and a.key = '{CONTRAST}'
 where t.study_id = %(study_id)s and octet_length(a.value_json) <= {MAX_ATTRIBUTE_BYTES}
"""
START_MARKS = f"""
select a.value_json
  from trials t
  join trial_user_attributes a on a.trial_id = t.trial_id and a.key = '{START}'
 where t.study_id = %(study_id)s and octet_length(a.value_json) <= {MAX_ATTRIBUTE_BYTES}
"""
BASELINE_MARKS = f"""
select a.value_json
  from trials t
  join trial_user_attributes a on a.trial_id = t.trial_id and a.key = '{BASELINE}'
 where t.study_id = %(study_id)s and octet_length(a.value_json) <= {MAX_ATTRIBUTE_BYTES}
"""
WITHDRAW_BASELINE = f"""
update trials t set state = 'FAIL', datetime_start = now() at time zone 'utc',
       datetime_complete = now() at time zone 'utc'
 where t.study_id = %(study_id)s and t.state = 'WAITING' and exists (
       select from trial_user_attributes a where a.trial_id = t.trial_id and a.key = '{BASELINE}')
returning t.trial_id
"""
CHAMPION_MARKS = f"""
select a.value_json
  from trials t
  join trial_user_attributes a on a.trial_id = t.trial_id and a.key = '{CHAMPION}'
 where t.study_id = %(study_id)s and octet_length(a.value_json) <= {MAX_ATTRIBUTE_BYTES}
"""
WITHDRAW_WAITING = """
update trials t set state = 'FAIL', datetime_start = now() at time zone 'utc',
       datetime_complete = now() at time zone 'utc'
 where t.study_id = %(study_id)s and t.state = 'WAITING'
returning t.trial_id
"""
# No row when the study has a record already.
RECORD_WARM_START = f"""
insert into study_user_attributes (study_id, key, value_json) values (%(study_id)s, '{WARM_START}', %(value)s)
on conflict (study_id, key) do nothing
returning study_id
"""

CLAIM = f"""
insert into study_user_attributes (study_id, key, value_json) values (%(study_id)s, '{OWNER}', %(value)s)
on conflict (study_id, key) do nothing
returning study_id
"""
TAKE_OVER = f"""
update study_user_attributes set value_json = %(value)s
 where study_id = %(study_id)s and key = '{OWNER}' and value_json = %(earlier)s
returning study_id
"""
DISOWN = f"""
delete from study_user_attributes where study_id = %(study_id)s and key = '{OWNER}' and value_json = %(value)s
returning study_id
"""
DELETE_ATTRIBUTES = """
delete from study_user_attributes where study_id = %(study_id)s and key = any(%(keys)s)
"""
SET_ATTRIBUTE = """
insert into study_user_attributes (study_id, key, value_json) values (%(study_id)s, %(key)s, %(value)s)
on conflict (study_id, key) do update set value_json = excluded.value_json
"""

# A study is deleted under its own lock and those of its trials, so that a concurrent writer waits and then has no row
# to write to. Optuna's own deletion runs six statements per trial and stops without an error when a worker writes.
LOCK_STUDY_BY_NAME = "select study_id from studies where study_name = %(name)s for update"
LOCK_TRIALS = "select trial_id from trials where study_id = %(study_id)s order by trial_id for update"
_OF_TRIALS = (
    "trial_heartbeats",
    "trial_intermediate_values",
    "trial_params",
    "trial_system_attributes",
    "trial_user_attributes",
    "trial_values",
    "trials",
)
_OF_STUDY = ("study_directions", "study_system_attributes", "study_user_attributes", "studies")
TABLES = (*_OF_TRIALS, *_OF_STUDY)
DELETE_TRIALS = ";".join(f"delete from {table} where trial_id = any(%(trial_ids)s)" for table in _OF_TRIALS)
DELETE_STUDY = ";".join(f"delete from {table} where study_id = %(study_id)s" for table in _OF_STUDY)
