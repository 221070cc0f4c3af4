"""Time to delete a finished study, with Optuna and with the operator (`deletionPolicy: Delete`). Used by `__main__`."""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable
from dataclasses import dataclass

import optuna
import psycopg2

from bench.server import database
from hposweep.database.dsn import Dsn
from hposweep.database.study import Studies
from hpotrial import protocol
from tests.postgres_server import PostgresServer

TRIALS = 1000
FILL = """
insert into trials (number, study_id, state, datetime_start, datetime_complete)
select number, %(study)s, 'COMPLETE', now(), now() from generate_series(0, %(last)s) number;
insert into trial_params (trial_id, param_name, param_value, distribution_json)
select trial_id, 'x' || x, 0.5, %(distribution)s from trials, generate_series(1, 6) x where study_id = %(study)s;
insert into trial_user_attributes (trial_id, key, value_json)
select trial_id, 'key' || x, '"value"' from trials, generate_series(1, 8) x where study_id = %(study)s;
insert into trial_intermediate_values (trial_id, step, intermediate_value, intermediate_value_type)
select trial_id, step, 0.5, 'FINITE' from trials, generate_series(1, 10) step where study_id = %(study)s;
insert into trial_values (trial_id, objective, value, value_type)
select trial_id, 0, 0.5, 'FINITE' from trials where study_id = %(study)s
"""


@dataclass(frozen=True, slots=True)
class Deletion:
    """Medians of all rounds, and of the rounds' ratios."""

    bare_seconds: float
    our_seconds: float
    ratio: float


def deletion(running: PostgresServer, rounds: int) -> Deletion:
    url = database(running, "deletion")
    studies, storage = Studies(Dsn(url)), optuna.storages.RDBStorage(protocol.driver_url(url))
    try:
        pairs = [
            (
                _seconds(url, storage, lambda name: optuna.delete_study(study_name=name, storage=storage)),
                _seconds(url, storage, studies.delete),
            )
            for _ in range(rounds)
        ]
    finally:
        studies.close()
        storage.engine.dispose()
    bare, ours = zip(*pairs, strict=True)
    ratio = statistics.median(mine / theirs for theirs, mine in pairs)
    return Deletion(statistics.median(bare), statistics.median(ours), ratio)


def _seconds(url: str, storage: optuna.storages.RDBStorage, delete: Callable[[str], None]) -> float:
    """Return the seconds that it takes to delete a new study."""
    study = optuna.create_study(storage=storage)
    distribution = optuna.distributions.distribution_to_json(optuna.distributions.FloatDistribution(0, 1))
    connection = psycopg2.connect(url)
    with connection, connection.cursor() as cursor:
        cursor.execute(FILL, {"study": study._study_id, "last": TRIALS - 1, "distribution": distribution})
    connection.close()
    started = time.monotonic()
    delete(study.study_name)
    seconds = time.monotonic() - started
    if study.study_name in optuna.get_all_study_names(storage):
        raise RuntimeError(f"study {study.study_name} still exists after its deletion")
    return seconds
