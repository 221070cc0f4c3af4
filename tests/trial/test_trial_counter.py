"""Counts for the rules of `spec.stopWhen`: right, and as cheap in a large study as in a small one."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import optuna
import psycopg2
import pytest
from optuna.trial import TrialState, create_trial

from hpotrial import protocol
from hpotrial.storage.connection import Connection
from hpotrial.storage.trial_counter import TrialCounter
from tests.trial.builders import SweepStudy
from tests.trial.conftest import StudyMaker

pytestmark = pytest.mark.postgres

LARGE = 5_000
ADD_TRIALS = """
insert into trials (study_id, number, state, datetime_start, datetime_complete)
select %s, n, 'COMPLETE', now(), now() from generate_series(0, %s - 1) n
"""


@pytest.fixture
def connection(database: tuple[optuna.storages.RDBStorage, str]) -> Iterator[Connection]:
    connection = Connection(protocol.libpq_url(database[1]))
    yield connection
    connection.close()


def test_each_trial_is_counted_once_and_when_it_has_ended(make_study: StudyMaker, connection: Connection) -> None:
    study = make_study()
    counter = TrialCounter(study.study._study_id)
    assert counter.count(connection) == (0, 0)
    first, second = study.study.ask(), study.study.ask()
    study.study.enqueue_trial({"x": 1.0})
    assert counter.count(connection) == (0, 0)
    study.study.tell(second, 0.5)
    assert counter.count(connection) == counter.count(connection) == (1, 0)
    study.study.tell(first, state=TrialState.FAIL)
    study.study.tell(study.study.ask(), state=TrialState.PRUNED)  # the one that waited
    assert counter.count(connection) == (3, 1)
    _add(study, TrialState.FAIL, {protocol.CHARGED: False})
    _add(study, TrialState.FAIL, {protocol.CHARGED: True})
    assert counter.count(connection) == (4, 2)
    assert TrialCounter(study.study._study_id).count(connection) == (4, 2)
    assert TrialCounter(make_study().study._study_id).count(connection) == (0, 0), "trials of another study"


def test_a_count_reads_only_trials_that_were_open_or_are_new(
    make_study: StudyMaker, connection: Connection, monkeypatch: pytest.MonkeyPatch
) -> None:
    study = make_study()
    running = study.study.ask()
    with psycopg2.connect(protocol.libpq_url(study.uri)) as own, own.cursor() as cursor:
        cursor.execute(ADD_TRIALS, (study.study._study_id, LARGE))
    own.autocommit = True
    with own.cursor() as cursor:
        cursor.execute("analyze trials")
    own.close()
    counter = TrialCounter(study.study._study_id)
    assert counter.count(connection) == (LARGE, 0)
    study.study.tell(running, 0.5)
    _add(study, TrialState.COMPLETE, {})
    plans: list[dict[str, Any]] = []
    run = connection.run

    def explained(statement: str, parameters: Any = None) -> list[tuple[Any, ...]]:
        [(plan,)] = run(f"explain (analyze, format json) {statement}", parameters)
        plans.append((json.loads(plan) if isinstance(plan, str) else plan)[0]["Plan"])
        return run(statement, parameters)

    monkeypatch.setattr(connection, "run", explained)
    assert counter.count(connection) == (LARGE + 2, 0)
    assert _rows_read(plans[0]) == 2


def _rows_read(plan: dict[str, Any]) -> int:
    """Return the rows that the plan's scans of the table read, those included that a filter removed."""
    own = plan["Actual Rows"] + plan.get("Rows Removed by Filter", 0) if plan.get("Relation Name") == "trials" else 0
    return int(own) + sum(_rows_read(part) for part in plan.get("Plans", []))


def _add(study: SweepStudy, state: TrialState, attributes: dict[str, Any]) -> None:
    values = [0.5] if state == TrialState.COMPLETE else None
    study.study.add_trial(create_trial(state=state, values=values, user_attrs=attributes))
