"""A study goes as a whole or not at all, also while others write to it; against a real PostgreSQL and a real Optuna."""

from __future__ import annotations

import contextlib
import itertools
import threading
from concurrent.futures import ThreadPoolExecutor

import optuna
import pytest

from hposweep.database.errors import StorageError
from hposweep.database.study import DELETION_BATCH, Studies
from tests.integration.conftest import OWNER

pytestmark = pytest.mark.postgres


def rows_by_table(studies: Studies) -> dict[str, int]:
    tables = studies._session.run("select relname from pg_stat_user_tables where relname !~ 'version'")
    return {table: studies._session.run(f"select count(*) from {table}")[0][0] for (table,) in tables}  # noqa: S608  # Optuna's


def test_a_deleted_study_leaves_no_row_of_its_own_and_all_of_others(
    studies: Studies, optuna_study: optuna.Study
) -> None:
    def write_everywhere(study: optuna.Study) -> None:
        study.set_user_attr("of", "user")
        study._storage.set_study_system_attr(study._study_id, "of", "system")
        for _ in range(3):
            trial = study.ask({"x": optuna.distributions.FloatDistribution(0, 1)})
            trial.report(0.5, step=1)
            trial.set_user_attr("of", "user")
            study._storage.set_trial_system_attr(trial._trial_id, "of", "system")
            study._storage.record_heartbeat(trial._trial_id)  # type: ignore[attr-defined]  # storages with a database
            study.tell(trial, 0.5)

    write_everywhere(optuna_study)
    one = rows_by_table(studies)
    assert all(one.values()), "a table of Optuna's that this test does not fill may hold what deletion forgets"
    studies.create("other", ["MINIMIZE"], ["loss"], OWNER)
    write_everywhere(optuna.load_study(study_name="other", storage=optuna_study._storage))
    studies.delete("s")
    assert studies.read("s", [False]) is None
    assert rows_by_table(studies) == one
    studies.delete("s")


def test_a_study_is_deleted_in_portions_or_not_at_all(studies: Studies, optuna_study: optuna.Study) -> None:
    many = 2 * DELETION_BATCH + 1
    study_id = optuna_study._study_id
    insert = (
        "insert into trials (study_id, number, state) select %(study)s, i, 'RUNNING' from generate_series(1, %(n)s) i"
    )
    studies._session.run(insert, {"study": study_id, "n": many})
    studies._session.run("create table notes (study_id int references studies)")  # another tool's
    studies._session.run("insert into notes values (%(study)s)", {"study": study_id})
    with pytest.raises(StorageError, match="notes"):
        studies.delete("s")
    assert studies.counts([study_id])[study_id].running == many
    studies._session.run("delete from notes")
    studies.delete("s")
    assert studies.read("s", [False]) is None


def test_a_study_is_deleted_while_others_write_to_it(studies: Studies, optuna_study: optuna.Study) -> None:
    """Optuna's own deletion fails there without a word, and the study stays."""
    goes_on, is_over = threading.Event(), threading.Event()

    def write() -> None:
        trial = optuna_study.ask()
        with contextlib.suppress(Exception):  # whatever Optuna raises once the study is gone
            for step in itertools.takewhile(lambda _: not is_over.is_set(), itertools.count()):
                trial.suggest_float(f"x{step}", 0, 1)
                if step == 3:
                    goes_on.set()

    with ThreadPoolExecutor(4) as pool:
        for _ in range(4):
            pool.submit(write)
        assert goes_on.wait(30)
        studies.delete("s")
        is_over.set()
    assert studies.read("s", [False]) is None
    assert rows_by_table(studies) == dict.fromkeys(rows_by_table(studies), 0)
