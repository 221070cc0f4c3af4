"""The queries of the worker's reference run on a real database and show what they promise."""

from __future__ import annotations

import re
from typing import Any

import optuna
import psycopg2
import pytest
from optuna.trial import TrialState

from hpotrial import protocol
from tests.documents import ROOT
from tests.trial.builders import SweepStudy
from tests.trial.conftest import StudyMaker

pytestmark = pytest.mark.postgres

PAGE = (ROOT / "docs/reference/worker.md").read_text()
QUERIES = re.findall(r"^([^\n]+):\n\n```sql\n(.*?);\n```", PAGE, re.MULTILINE | re.DOTALL)


def rows(study: SweepStudy, title: str) -> list[dict[str, Any]]:
    """Rows of the query whose sentence begins so, with psql's variable as psql would fill it in."""
    (query,) = [query for sentence, query in QUERIES if sentence.startswith(title)]
    with psycopg2.connect(study.uri) as connection, connection.cursor() as cursor:
        cursor.execute(query.replace("%", "%%").replace(":'study'", "%(study)s"), {"study": study.name})
        assert cursor.description is not None
        names = [column.name for column in cursor.description]
        found = [dict(zip(names, row, strict=True)) for row in cursor.fetchall()]
    connection.close()
    return found


def failed(number_of: optuna.Study, **attributes: Any) -> None:
    user = {getattr(protocol, name): value for name, value in attributes.items()}
    number_of.add_trial(optuna.create_trial(state=TrialState.FAIL, user_attrs=user))


@pytest.fixture
def study(make_study: StudyMaker) -> SweepStudy:
    """Four failed trials, of which one was requeued and one does not count, and a running one."""
    made = make_study()
    for _ in range(2):
        failed(made.study, CLASS="DataMissing", ERROR='FileNotFoundError: "x"', FINGERPRINT="aa", LOG_TAIL="one\ntwo")
    failed(made.study, CLASS="Preempted", ERROR="its pod was deleted", CHARGED=False)
    failed(made.study, CLASS="Crashed", FINGERPRINT="bb", LOG_TAIL="last\nline", RETRIED_FROM=2, ATTEMPT=1)
    running = made.study.ask()
    running.set_user_attr(protocol.POD_NAME, "digits-search-1-0-abcde")
    running.set_user_attr(protocol.NODE_NAME, "node-a")
    return made


def test_the_page_has_queries() -> None:
    assert len(QUERIES) == PAGE.count("```sql") >= 6


def test_trials_are_counted_by_state_and_by_whether_they_count(study: SweepStudy) -> None:
    assert rows(study, "How many trials") == [
        {"state": "RUNNING", "trials": 1, "charged": 1},
        {"state": "FAIL", "trials": 4, "charged": 3},
    ]


def test_failures_are_grouped_by_their_cause(study: SweepStudy) -> None:
    found = {row["class"]: row for row in rows(study, "Which failures")}
    assert {name: row["trials"] for name, row in found.items()} == {"DataMissing": 2, "Preempted": 1, "Crashed": 1}
    assert (found["DataMissing"]["first_trial"], found["DataMissing"]["error"]) == (0, 'FileNotFoundError: "x"')


def test_running_trials_have_their_pod_and_node(study: SweepStudy) -> None:
    (row,) = rows(study, "Which pod")
    assert (row["number"], row["pod"], row["node"]) == (4, "digits-search-1-0-abcde", "node-a")
    assert row["running_for"].total_seconds() >= 0


def test_the_next_attempt_names_the_earlier_one(study: SweepStudy) -> None:
    assert rows(study, "Which trial is the next") == [
        {"number": 3, "retried_from": 2, "attempt": 1, "state": "FAIL"},
    ]


def test_the_control_block_is_shown(study: SweepStudy) -> None:
    keys = [row["key"] for row in rows(study, "What the operator tells")]
    assert keys == [protocol.CONTROL, protocol.OWNER, protocol.PROTOCOL]


def test_the_last_lines_are_those_of_the_newest_failure(study: SweepStudy) -> None:
    assert rows(study, "The last lines") == [{"log_tail": "last\nline"}]
