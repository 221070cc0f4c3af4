"""The SQL of the history of sweeps: one table in a schema of its own, beside Optuna's tables.

`place` is the schema of Optuna's tables, because two of them in one database may number their studies alike. `version`
is that of a row's meaning, for a later release.
"""

from __future__ import annotations

SCHEMA, TABLE = "hposweep", "hposweep.records"
MAX_ROWS = 1000  # of a study; the oldest are removed
# A table that a session has locked must delay a pass by a second at most, and a slow server by three.
LIMITS = "set local lock_timeout = 1000; set local statement_timeout = 3000"

HAS_SCHEMA = f"select to_regnamespace('{SCHEMA}') is not null"
HAS_TABLE = f"select to_regclass('{TABLE}') is not null"
# Triggers and policies of a table run with the permissions of the login that uses it, so that a table of another tenant
# is left alone. An administrator may have prepared it: the owner of the database or a superuser.
IS_TRUSTED = f"""
select c.relkind = 'r' and (o.rolname = current_user or o.rolsuper or d.datdba = c.relowner)
  from pg_class c join pg_roles o on o.oid = c.relowner join pg_database d on d.datname = current_database()
 where c.oid = to_regclass('{TABLE}')
"""
# The end of the transaction releases the lock; two operators or sweeps must not create the table at the same moment.
LOCK_CREATION = "select pg_advisory_xact_lock(hashtext('hposweep:records'))"
# `create … if not exists` needs the permission to create also where nothing is created.
CREATE_SCHEMA = f"create schema {SCHEMA}"
CREATE_TABLE = f"""
create table if not exists {TABLE} (
    place text not null,
    study_id bigint not null,
    sweep_uid text not null,
    number integer not null,
    version smallint not null default 1,
    sweep text not null,
    "time" timestamptz not null,
    kind text not null,
    actor text not null,
    message text not null,
    trials integer not null,
    numbers text not null,
    primary key (place, study_id, sweep_uid, number)
)
"""

_PLACE = "(select c.relnamespace::regnamespace::text from pg_class c where c.oid = to_regclass('studies'))"
_OF_STUDY = f"place = {_PLACE} and study_id = %(study_id)s"

INSERT = f"""
insert into {TABLE} (place, study_id, sweep_uid, number, sweep, "time", kind, actor, message, trials, numbers)
select {_PLACE}, %(study_id)s, %(sweep_uid)s, e.number, %(sweep)s, e."time", e.kind, e.actor, e.message, e.trials,
       e.numbers
  from json_to_recordset(%(entries)s::json) as e(number integer, "time" timestamptz, kind text, actor text,
                                                 message text, trials integer, numbers text)
on conflict do nothing
"""
TRIM = f"""
delete from {TABLE} r
 using (select sweep_uid, number from {TABLE} where {_OF_STUDY}
         order by "time" desc, sweep_uid desc, number desc offset {MAX_ROWS}) old
 where r.place = {_PLACE} and r.study_id = %(study_id)s
   and r.sweep_uid = old.sweep_uid and r.number = old.number
"""
FORGET = f"delete from {TABLE} where {_OF_STUDY}"
# Of studies that another tool has deleted.
FORGET_ORPHANS = f"""
delete from {TABLE} r where r.place = {_PLACE} and not exists (select 1 from studies s where s.study_id = r.study_id)
"""

# A tenant may have replaced the table: each value is cast and cut here, and read defensively.
PAGE = f"""
select left(r.sweep_uid::text, 64), left(r.sweep::text, 320), r.number::bigint, extract(epoch from r."time")::float8,
       left(r.kind::text, 32), left(r.actor::text, 253), left(r.message::text, 1024), r.trials::bigint,
       left(r.numbers::text, 4096)
  from {TABLE} r
 where r.{_OF_STUDY}
 order by r."time" desc, r.sweep_uid desc, r.number desc
 limit %(limit)s offset %(offset)s
"""
