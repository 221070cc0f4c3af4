"""The SQL of the history of sweeps: one table in a schema of its own, beside Optuna's tables.

`version` is that of a row's meaning, for a later release.
"""

from __future__ import annotations

from hposweep.database.own_table_sql import OF_STUDY, PLACE

TABLE = "hposweep.records"
MAX_ROWS = 1000  # of a study; the oldest are removed

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

INSERT = f"""
insert into {TABLE} (place, study_id, sweep_uid, number, sweep, "time", kind, actor, message, trials, numbers)
select {PLACE}, %(study_id)s, %(sweep_uid)s, e.number, %(sweep)s, e."time", e.kind, e.actor, e.message, e.trials,
       e.numbers
  from json_to_recordset(%(entries)s::json) as e(number integer, "time" timestamptz, kind text, actor text,
                                                 message text, trials integer, numbers text)
on conflict do nothing
"""
TRIM = f"""
delete from {TABLE} r
 using (select sweep_uid, number from {TABLE} where {OF_STUDY}
         order by "time" desc, sweep_uid desc, number desc offset {MAX_ROWS}) old
 where r.place = {PLACE} and r.study_id = %(study_id)s
   and r.sweep_uid = old.sweep_uid and r.number = old.number
"""

# A tenant may have replaced the table: each value is cast and cut here, and read defensively.
PAGE = f"""
select left(r.sweep_uid::text, 64), left(r.sweep::text, 320), r.number::bigint, extract(epoch from r."time")::float8,
       left(r.kind::text, 32), left(r.actor::text, 253), left(r.message::text, 1024), r.trials::bigint,
       left(r.numbers::text, 4096)
  from {TABLE} r
 where r.{OF_STUDY}
 order by r."time" desc, r.sweep_uid desc, r.number desc
 limit %(limit)s offset %(offset)s
"""
