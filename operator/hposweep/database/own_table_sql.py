"""The SQL that all tables of the operator's own schema share.

`place` is the schema of Optuna's tables, because two of them in one database may number their studies alike.
"""

from __future__ import annotations

SCHEMA = "hposweep"
# A table that a session has locked must delay a pass by a second at most, and a slow server by three.
LIMITS = "set local lock_timeout = 1000; set local statement_timeout = 3000"

HAS_SCHEMA = f"select to_regnamespace('{SCHEMA}') is not null"
HAS_TABLE = "select to_regclass(%(table)s) is not null"
# Triggers, policies and views run their functions with the permissions of the login that uses them, so that a table of
# another tenant is left alone. An administrator may have prepared it: the owner of the database or a superuser.
IS_TRUSTED = """
select c.relkind = 'r' and (o.rolname = current_user or o.rolsuper or d.datdba = c.relowner)
  from pg_class c join pg_roles o on o.oid = c.relowner join pg_database d on d.datname = current_database()
 where c.oid = to_regclass(%(table)s)
"""
# The end of the transaction releases the lock; two operators or sweeps must not create a table at the same moment.
LOCK_CREATION = "select pg_advisory_xact_lock(hashtext('hposweep:records'))"
# `create … if not exists` needs the permission to create also where nothing is created.
CREATE_SCHEMA = f"create schema {SCHEMA}"

PLACE = "(select c.relnamespace::regnamespace::text from pg_class c where c.oid = to_regclass('studies'))"
OF_STUDY = f"place = {PLACE} and study_id = %(study_id)s"


def forget(table: str) -> str:
    return f"delete from {table} where {OF_STUDY}"


def forget_orphans(table: str) -> str:
    """Return the statement that removes the rows of studies that another tool has deleted."""
    return f"""
delete from {table} r where r.place = {PLACE} and not exists (select 1 from studies s where s.study_id = r.study_id)
"""
