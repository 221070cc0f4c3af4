"""Passes over a study in which one text of the database is hostile, beside those of a neighbour.

All run in one process with the operator's memory, one after the other, so that what one leaves behind adds up.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import optuna
import psycopg2

from hposweep.database.dsn import Dsn
from hposweep.database.pool import Databases
from hposweep.database.study import Studies
from hposweep.reconcile import Reconciler
from hpotrial import protocol
from tests.hostile.child import peak_mib, resident_mib
from tests.unit import world
from tests.unit.memory import MemoryCluster, MemoryStudies, made

MIB_64 = 64 * 1024 * 1024
# SQL of a text; the server builds it, so that this process holds none but what it reads.
TEXTS: Mapping[str, str] = {
    "64 MiB": f"'\"' || repeat('x', {MIB_64}) || '\"'",
    "a list of 64 MiB": f"'[' || repeat('1,', {MIB_64 // 2}) || '1]'",
    "10^5 levels": "repeat('[', 100000) || repeat(']', 100000)",
    "10^5 levels without an end": "repeat('{\"a\":', 100000)",
    "NaN": "'NaN'",
}
OF_STUDIES = (protocol.OWNER, protocol.CONTROL, protocol.BREAKER, protocol.SOURCE, protocol.WARM_START, protocol.IMAGES)
OF_TRIALS = (protocol.POD_UID, protocol.CLASS, protocol.CONTRAST, protocol.LOG_TAIL, "hposweep:another")
_ATTRIBUTES = (
    "insert into {owner}_user_attributes ({owner}_id, key, value_json) select o.id, k.key, {text} "
    "from (select min({owner}_id) as id from {owners}) o, unnest(array{keys}) k(key) "
    "on conflict ({owner}_id, key) do update set value_json = excluded.value_json"
)
_TYPE = "alter table {table} alter column {column} type text; update {table} set {column} = {text}"


def statements() -> Mapping[str, str]:
    """Return by column the statement that writes a text into it; `{text}` is its SQL.

    The types of some columns are no text in Optuna's tables; who owns a table may change them.
    """
    return {
        "attributes of the study": _filled(_ATTRIBUTES, owner="study", owners="studies", keys=str([*OF_STUDIES])),
        "an attribute of the study": _filled(_ATTRIBUTES, owner="study", owners="studies", keys=str([OF_STUDIES[-1]])),
        "attributes of a trial": _filled(_ATTRIBUTES, owner="trial", owners="trials", keys=str([*OF_TRIALS])),
        "definitions": "update trial_params set distribution_json = {text}",
        "constraints": "insert into trial_system_attributes (trial_id, key, value_json) "
        "select min(trial_id), 'constraints', {text} from trials",
        "states": _filled(_TYPE, table="trials", column="state"),
        "kinds of values": _filled(_TYPE, table="trial_values", column="value_type"),
        "directions": _filled(_TYPE, table="study_directions", column="direction"),
    }


def _filled(statement: str, **words: str) -> str:
    for name, word in words.items():
        statement = statement.replace(f"{{{name}}}", word)
    return statement


def prepare(url: str) -> None:
    """Create the studies `default.hostile` and `default.neighbour`, with four trials each, one of which still runs."""
    storage = optuna.storages.RDBStorage(protocol.driver_url(url))
    for name in ("hostile", "neighbour"):
        sweep = world.sweep(name)
        study = optuna.create_study(study_name=sweep.study_name, storage=storage, direction="maximize")
        for state in ("COMPLETE", "FAIL", "PRUNED", ""):
            trial = study.ask({"x": optuna.distributions.FloatDistribution(-10, 10)})
            trial.set_user_attr(protocol.POD_UID, "pod-uid-0")
            if state:
                study.tell(trial, 0.5 if state == "COMPLETE" else None, optuna.trial.TrialState[state])
    storage.engine.dispose()
    for name in ("hostile", "neighbour"):
        studies = Studies(Dsn(url))
        sweep = world.sweep(name)
        studies.create(sweep.study_name, ["MAXIMIZE"], ["score"], sweep.uid)
        studies.close()


def fuzz(urls: Mapping[str, str]) -> dict[str, Any]:
    """Write each text into each column and take passes; return what every sweep showed.

    `urls`: of the server itself, and of the two databases that are made from the prepared one.
    """
    logging.disable(logging.CRITICAL)
    before = resident_mib()
    _execute(urls["server"], "create database neighbour template template_of_hostile")
    neighbour = _sweep("neighbour", urls["neighbour"])
    rows: list[dict[str, Any]] = []
    for column, statement in statements().items():
        for text, expression in TEXTS.items():
            _execute(urls["server"], "drop database if exists hostile with (force)")
            _execute(urls["server"], "create database hostile template template_of_hostile")
            _execute(urls["hostile"], statement.replace("{text}", expression))
            hostile = _sweep("hostile", urls["hostile"])
            rows.append({"column": column, "text": text, **asyncio.run(_passes(hostile, neighbour))})
            rows[-1]["MiB"] = resident_mib()
            hostile.databases.close()
    neighbour.databases.close()
    return {"rows": rows, "MiB before": before, "MiB at most": peak_mib()}


async def _passes(hostile: Reconciler, neighbour: Reconciler) -> dict[str, str]:
    outcomes = await asyncio.gather(_pass(hostile, "hostile"), _pass(neighbour, "neighbour"), return_exceptions=True)
    words = ["" if outcome is None else type(outcome).__name__ for outcome in outcomes]
    return {
        "error": words[0], "neighbour's error": words[1],
        "StorageReady": _reason(hostile, "StorageReady"), "Healthy": _reason(hostile, "Healthy"),
        "neighbour": _reason(neighbour, "StorageReady"),
    }  # fmt: skip


async def _pass(reconciler: Reconciler, name: str) -> None:
    await reconciler.reconcile("default", name)


def _reason(reconciler: Reconciler, kind: str) -> str:
    status = reconciler.cluster.held.status  # type: ignore[attr-defined]  # it is a MemoryCluster
    condition = status.condition(kind) if status is not None else None
    return f"{condition.status}/{condition.reason}" if condition is not None else ""


def _sweep(name: str, url: str) -> Reconciler:
    """Return a reconciler of one sweep, whose study is in that database."""
    cluster = MemoryCluster(world.sweep(name), secret=url, jobs=(world.job(f"{name}-search"),), pods=(world.pod(),))
    return replace(made(cluster, MemoryStudies()), databases=Databases(lambda _: None))


def _execute(url: str, statement: str) -> None:
    connection = psycopg2.connect(url)
    connection.autocommit = True
    with connection.cursor() as cursor:
        cursor.execute(statement)
    connection.close()
