"""A study of any size, inserted by SQL: its trials have ten parameters, a value and six attributes each."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

import psycopg2

from hposweep.database.dsn import Dsn
from hposweep.database.study import Studies
from hpotrial import protocol

OWNER = "uid-of-the-sweep"
NUMBERS = ("x1", "x2", "x3", "lr", "x5", "x6", "x7", "x8")
_FLOAT = {"name": "FloatDistribution", "attributes": {"step": None, "low": 0.0, "high": 1.0, "log": False}}
_DEPTH = {"name": "IntDistribution", "attributes": {"step": 1, "low": 2, "high": 8, "log": False}}
_FAMILY = {"name": "CategoricalDistribution", "attributes": {"choices": ["cnn", "context", "mixed"]}}
# By parameter: its definition, and the SQL of its internal value.
PARAMETERS: Mapping[str, tuple[Mapping[str, Any], str]] = {
    **dict.fromkeys(NUMBERS, (_FLOAT, "random()")),
    "depth": (_DEPTH, "2 + floor(random() * 7)"),
    "family": (_FAMILY, "floor(random() * 3)"),
}
ATTRIBUTES: Mapping[str, Any] = {
    protocol.POD_NAME: "digits-search-0-abcde",
    protocol.POD_UID: "11111111-2222-3333-4444-555555555555",
    protocol.NODE_NAME: "gpu-07",
    protocol.WORKER_INDEX: 3,
    protocol.ATTEMPT: 0,
    protocol.IMAGE: f"registry.example.org/digits@sha256:{'a' * 64}",
}
_TRIALS = """
insert into trials (study_id, number, state, datetime_start, datetime_complete)
select study_id, n, 'COMPLETE', now() at time zone 'utc' - interval '1 minute', now() at time zone 'utc'
  from studies, generate_series(0, %s - 1) n
"""


def insert_study(url: str, name: str, trials: int) -> None:
    """Create a study with one maximized objective, and insert its trials."""
    studies = Studies(Dsn(url))
    studies.create(name, ["MAXIMIZE"], ["score"], OWNER)
    studies.close()
    connection = psycopg2.connect(url)
    with connection, connection.cursor() as cursor:
        cursor.execute(_TRIALS, (trials,))
        for parameter, (definition, value) in PARAMETERS.items():
            cursor.execute(
                "insert into trial_params (trial_id, param_name, param_value, distribution_json) "  # noqa: S608
                f"select trial_id, %s, {value}, %s from trials",
                (parameter, json.dumps(definition)),
            )
        cursor.execute(
            "insert into trial_values (trial_id, objective, value, value_type) "
            "select trial_id, 0, random(), 'FINITE' from trials"
        )
        for key, content in ATTRIBUTES.items():
            cursor.execute(
                "insert into trial_user_attributes (trial_id, key, value_json) select trial_id, %s, %s from trials",
                (key, json.dumps(content)),
            )
    connection.close()
