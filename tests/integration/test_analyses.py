"""The analysis Job and its table, on a real PostgreSQL: what the pod does, and what the operator reads of it."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import optuna
import psycopg2
import pytest
import yaml

from hposweep.api.analysis import COMPARISON, FILES, MAX_CONFIG_MAP_BYTES, REQUEST_ENV, AnalysisRequest
from hposweep.api.names import API_VERSION, KIND
from hposweep.api.wire import to_wire
from hposweep.cli.analysis_job.command import EXIT_ERROR, run
from hposweep.database import analyses_sql as sql
from hposweep.database.errors import StorageError
from hposweep.database.study import Studies
from hpotrial.protocol import EXIT_DONE, EXIT_INVALID_CONFIG, STORAGE_URL_ENV
from tests import builders
from tests.integration.conftest import OWNER
from tests.unit import world

pytestmark = pytest.mark.postgres

SWEEP = "vision/digits"
TRIALS = 12


def document() -> Mapping[str, Any]:
    """A sweep as the operator passes it on, with the defaults of the schema."""
    space = [{"name": "x", "float": {"low": -5, "high": 5}}]
    study = builders.study(direction="Minimize", objective="loss")
    sweep = world.sweep(study=study, searchSpace=space, objective={"python": "train:objective"})
    metadata = {"name": "digits", "namespace": "vision"}
    return {"apiVersion": API_VERSION, "kind": KIND, "metadata": metadata, "spec": sweep.document}


def request(**fields: Any) -> AnalysisRequest:
    return AnalysisRequest(**{"study": "s", "sweep": SWEEP, "uid": OWNER, "document": document(), **fields})


def environment(url: str, asked: AnalysisRequest) -> dict[str, str]:
    return {STORAGE_URL_ENV: url, REQUEST_ENV: json.dumps(to_wire(asked))}


def execute(url: str, statement: str) -> list[tuple[Any, ...]]:
    with psycopg2.connect(url) as connection, connection.cursor() as cursor:
        cursor.execute(statement)
        return cursor.fetchall() if cursor.description else []


@pytest.fixture
def study_id(optuna_study: optuna.Study) -> int:
    optuna_study.optimize(lambda trial: (trial.suggest_float("x", -5, 5) - 2) ** 2, n_trials=TRIALS)
    return optuna_study._study_id


def test_the_job_writes_one_row_and_says_so(studies: Studies, study_id: int, url: str) -> None:
    code, message = run(environment(url, request()))
    names = [name for name in FILES if name != COMPARISON]
    assert (code, message) == (EXIT_DONE, f"analyzed {TRIALS} trials: {', '.join(names)}")
    row = studies.analysis(study_id, OWNER)
    assert row is not None
    assert [file.name for file in row.files] == names
    texts = {file.name: file.text or "" for file in row.files}
    assert len(yaml.safe_load(texts["top.yaml"])["trials"]) == request().top_k
    following = yaml.safe_load(texts["next-sweep.yaml"])
    assert following["metadata"]["name"] == "digits-v2"
    assert following["spec"]["study"]["warmStart"] == [{"study": "s", "top": 10}]
    assert "health" not in following["spec"]  # nothing that its author did not write
    assert texts["report.html"].startswith("<!DOCTYPE html>")
    assert studies.analysis(study_id, "another sweep") is None


def test_a_job_that_runs_twice_leaves_one_row(studies: Studies, study_id: int, url: str) -> None:
    for top_k in (5, 2):
        assert run(environment(url, request(top_k=top_k)))[0] == EXIT_DONE
    assert execute(url, f"select count(*) from {sql.TABLE}") == [(1,)]  # noqa: S608
    row = studies.analysis(study_id, OWNER)
    assert row is not None
    assert len(yaml.safe_load(row.files[1].text or "")["trials"]) == 2


def test_the_baseline_study_is_compared_where_the_database_has_it(
    studies: Studies, study_id: int, url: str, optuna_study: optuna.Study
) -> None:
    earlier = optuna.create_study(storage=optuna_study._storage, study_name="v2", direction="minimize")
    earlier.optimize(lambda trial: trial.suggest_float("x", -5, 5) ** 2 + 1, n_trials=3)
    assert run(environment(url, request(baseline="v2")))[0] == EXIT_DONE
    row = studies.analysis(study_id, OWNER)
    assert row is not None
    text = next(file.text for file in row.files if file.name == COMPARISON)
    assert text is not None
    assert "v2" in text
    assert run(environment(url, request(baseline="v1")))[0] == EXIT_DONE
    row = studies.analysis(study_id, OWNER)
    assert row is not None
    assert COMPARISON not in [file.name for file in row.files]
    assert "no comparison.md: --study: no such study (got `v1`" in row.notes


def test_a_sweep_that_cannot_be_proposed_again_is_left_out_with_the_reason(
    studies: Studies, study_id: int, url: str
) -> None:
    two = builders.study(direction="Maximize", objective="accuracy")
    changed = {**document(), "spec": {**document()["spec"], "study": {**document()["spec"]["study"], **two}}}
    assert run(environment(url, request(document=changed)))[0] == EXIT_DONE
    row = studies.analysis(study_id, OWNER)
    assert row is not None
    assert "next-sweep.yaml" not in [file.name for file in row.files]
    assert "no next-sweep.yaml: --study: study `s` has other objectives" in row.notes


def test_a_file_that_is_too_large_for_a_config_map_is_only_named(studies: Studies, study_id: int, url: str) -> None:
    assert run(environment(url, request()))[0] == EXIT_DONE
    large = "x" * (MAX_CONFIG_MAP_BYTES + 1)
    files = json.dumps({"report.md": large, "top.yaml": "small", "unknown.txt": "of another program"})
    execute(url, f"update {sql.TABLE} set files = '{files}'::json")  # noqa: S608
    row = studies.analysis(study_id, OWNER)
    assert row is not None
    assert [(file.name, file.text) for file in row.files] == [("report.md", None), ("top.yaml", "small")]


def test_files_that_do_not_fit_together_are_only_named(studies: Studies, study_id: int, url: str) -> None:
    assert run(environment(url, request()))[0] == EXIT_DONE
    half = "x" * (MAX_CONFIG_MAP_BYTES // 2 + 1)
    files = json.dumps({"report.html": half, "report.md": half, "top.yaml": "small"})
    execute(url, f"update {sql.TABLE} set files = '{files}'::json")  # noqa: S608
    row = studies.analysis(study_id, OWNER)
    assert row is not None
    assert [file.name for file in row.files if file.text is None] == ["report.html"]


def test_a_table_that_a_tenant_has_replaced_is_an_error_with_a_reason(
    studies: Studies, study_id: int, url: str
) -> None:
    assert run(environment(url, request()))[0] == EXIT_DONE
    execute(url, f"alter table {sql.TABLE} drop column files; alter table {sql.TABLE} add files text default '{{'")
    with pytest.raises(StorageError):
        studies.analysis(study_id, OWNER)


def test_a_view_of_another_login_is_not_read(studies: Studies, study_id: int, url: str) -> None:
    """Its functions would run with the permissions of the operator's login."""
    execute(url, "create role trudy; create schema hposweep; grant all on schema hposweep to trudy")
    trap = "create function hposweep.trap() returns text language plpgsql as 'begin raise exception ''trap''; end'"
    execute(url, f"set role trudy; {trap}; create view {sql.TABLE} as select hposweep.trap() as place")
    assert studies.analysis(study_id, OWNER) is None
    code, message = run(environment(url, request()))
    assert code == EXIT_ERROR
    assert "belongs to another login" in message


def test_the_rows_of_a_study_go_with_it(studies: Studies, study_id: int, url: str) -> None:
    assert run(environment(url, request()))[0] == EXIT_DONE
    studies.delete("s")
    assert execute(url, f"select count(*) from {sql.TABLE}") == [(0,)]  # noqa: S608


@pytest.mark.parametrize(
    ("change", "code", "sentence"),
    [
        ({STORAGE_URL_ENV: "mysql://u:secret@h/d"}, EXIT_INVALID_CONFIG, "database's URL is invalid"),
        ({STORAGE_URL_ENV: "postgresql://u:secret@127.0.0.1:1/d"}, EXIT_ERROR, "refused"),
        ({REQUEST_ENV: "{"}, EXIT_INVALID_CONFIG, "the request or the database's URL is invalid"),
        ({REQUEST_ENV: "{}"}, EXIT_INVALID_CONFIG, "study: not set"),
    ],
)
def test_a_job_that_cannot_work_says_why_without_a_secret(
    url: str, change: dict[str, str], code: int, sentence: str
) -> None:
    result, message = run(environment(url, request()) | change)
    assert result == code
    assert sentence in message
    assert "secret" not in message


def test_a_study_that_is_gone_is_an_error(studies: Studies, study_id: int, url: str) -> None:
    code, message = run(environment(url, replace(request(), study="absent")))
    assert code == EXIT_ERROR
    assert "no such study (got `absent`" in message
