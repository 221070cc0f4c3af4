"""The SQL of the results of analyses: one row for each sweep of a study, in the operator's own schema.

`files` is an object: the text of each file by its name. `version` is that of a row's meaning, for a later release.
"""

from __future__ import annotations

from hposweep.api.analysis import ANALYSES_TABLE
from hposweep.database.own_table_sql import OF_STUDY, PLACE

TABLE = ANALYSES_TABLE
MAX_ROWS = 100  # of a study that sweeps use one after the other; the oldest are removed
# Megabytes may be written, by a Job that nothing waits for.
LIMITS = "set local lock_timeout = 5000; set local statement_timeout = 30000"

CREATE_TABLE = f"""
create table if not exists {TABLE} (
    place text not null,
    study_id bigint not null,
    sweep_uid text not null,
    version smallint not null default 1,
    sweep text not null,
    study text not null,
    "time" timestamptz not null default now(),
    trials integer not null,
    notes text not null,
    files json not null,
    primary key (place, study_id, sweep_uid)
)
"""
# The Job may run twice: the later result replaces the earlier one.
WRITE = f"""
insert into {TABLE} (place, study_id, sweep_uid, sweep, study, trials, notes, files)
select {PLACE}, %(study_id)s, %(sweep_uid)s, %(sweep)s, %(study)s, %(trials)s, %(notes)s, %(files)s::json
on conflict (place, study_id, sweep_uid) do update
   set version = excluded.version, sweep = excluded.sweep, study = excluded.study, "time" = now(),
       trials = excluded.trials, notes = excluded.notes, files = excluded.files
"""
TRIM = f"""
delete from {TABLE} r
 using (select sweep_uid from {TABLE} where {OF_STUDY} order by "time" desc, sweep_uid desc offset {MAX_ROWS}) old
 where r.place = {PLACE} and r.study_id = %(study_id)s and r.sweep_uid = old.sweep_uid
"""
# A tenant may have replaced the table: each value is cast and cut here, and only known files are read.
NOTES = f"select left(notes::text, 1024) from {TABLE} where {OF_STUDY} and sweep_uid = %(sweep_uid)s limit 1"
FILES = f"""
select e.key, octet_length(e.value)::bigint,
       case when octet_length(e.value) <= %(max_bytes)s then e.value end
  from (select files from {TABLE} where {OF_STUDY} and sweep_uid = %(sweep_uid)s limit 1) r,
       json_each_text(r.files::text::json) e
 where e.key = any(%(names)s)
 limit 32
"""
