"""What the database itself says about a study, read without the operator and without Optuna.

The tests compare the status with these numbers, so nothing that they test may stand between.
"""

from __future__ import annotations

import json
import threading
from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import psycopg2
from psycopg2.extensions import connection

TRIALS = """
select t.number, t.state::text, t.datetime_start, t.datetime_complete,
       coalesce((select json_object_agg(a.key, a.value_json) from trial_user_attributes a
                  where a.trial_id = t.trial_id), '{}'::json),
       array(select p.param_name from trial_params p where p.trial_id = t.trial_id)
  from trials t join studies s on s.study_id = t.study_id
 where s.study_name = %(study)s
 order by t.number
"""
STUDIES = "select study_name from studies order by study_name"
ATTRIBUTES = """
select a.key, a.value_json from study_user_attributes a join studies s on s.study_id = a.study_id
 where s.study_name = %(study)s
"""
EVERY_TEXT = """
select value_json from study_user_attributes union all select value_json from study_system_attributes
union all select value_json from trial_user_attributes union all select value_json from trial_system_attributes
"""


@dataclass(frozen=True, slots=True)
class Trial:
    """One row, with its attributes and the names of its parameters."""

    number: int
    state: str
    started: datetime | None
    completed: datetime | None
    attributes: Mapping[str, Any]
    parameters: frozenset[str]

    @property
    def is_charged(self) -> bool:
        return self.state != "WAITING" and self.attributes.get("hposweep:charged") is not False


class Database:
    """One database, asked through a connection that is opened again when it was lost."""

    def __init__(self, address: Callable[[], str]) -> None:
        self.address = address
        self._connection: connection | None = None
        self._lock = threading.Lock()  # the worker's package lets a connection wait for one thread at a time

    def trials(self, study: str) -> list[Trial]:
        """None at all while there is no study."""
        if not self.has_schema():
            return []
        return [
            Trial(number, state, _utc(started), _utc(completed), _decoded(attributes), frozenset(parameters))
            for number, state, started, completed, attributes, parameters in self.rows(TRIALS, {"study": study})
        ]

    def counts(self, study: str) -> Counter[str]:
        """By state, and `charged`."""
        trials = self.trials(study)
        return Counter([trial.state for trial in trials] + ["charged" for trial in trials if trial.is_charged])

    def running(self, study: str) -> list[Trial]:
        return [trial for trial in self.trials(study) if trial.state == "RUNNING"]

    def studies(self) -> list[str]:
        return [name for (name,) in self.rows(STUDIES)] if self.has_schema() else []

    def attributes(self, study: str) -> dict[str, Any]:
        return {key: json.loads(value) for key, value in self.rows(ATTRIBUTES, {"study": study})}

    def every_text(self) -> str:
        statements = [EVERY_TEXT] if self.has_schema() else []
        if self.rows("select to_regclass('hposweep.records') is not null")[0][0]:
            statements.append("select message from hposweep.records")
        return "\n".join(value for statement in statements for (value,) in self.rows(statement))

    def has_schema(self) -> bool:
        return bool(self.rows("select to_regclass('trial_user_attributes') is not null")[0][0])

    def rows(self, statement: str, parameters: Mapping[str, Any] | None = None) -> list[tuple[Any, ...]]:
        with self._lock:
            try:
                return self._rows(statement, parameters)
            except psycopg2.OperationalError:  # the way through the cluster broke, not the database
                self.close()
                return self._rows(statement, parameters)

    def close(self) -> None:
        if self._connection is not None:
            self._connection.close()
            self._connection = None

    def _rows(self, statement: str, parameters: Mapping[str, Any] | None) -> list[tuple[Any, ...]]:
        if self._connection is None:
            self._connection = psycopg2.connect(self.address(), connect_timeout=10)
            self._connection.autocommit = True
        with self._connection.cursor() as cursor:
            cursor.execute(statement, parameters)
            return cursor.fetchall() if cursor.description else []


def _utc(time: datetime | None) -> datetime | None:
    """Workers write their own clock without a zone; their containers' zone is UTC."""
    return time.replace(tzinfo=UTC) if time else None


def _decoded(attributes: Mapping[str, str]) -> dict[str, Any]:
    return {key: json.loads(value) for key, value in attributes.items()}
