"""`hposweep run` and the operator find the same in the same sweep: check, name, outcome and sentence of each failure.

The operator's side is its own passes, over a cluster in memory, whose preflight pod runs with the template of its Job.
"""

from __future__ import annotations

import asyncio
import re
import subprocess
from collections.abc import Mapping
from contextlib import chdir
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import pytest
import yaml

from hposweep.api.names import PREFLIGHT_PHASE
from hposweep.api.sweep import Sweep
from hposweep.api.wire import to_wire
from hposweep.database.dsn import Dsn
from hposweep.database.pool import Databases
from hposweep.database.study import Studies
from hposweep.plan.job import phase_template
from hposweep.schema.check import check
from hpotrial.protocol import SOURCE_PATH_ENV, STORAGE_URL_ENV, TERMINATION_MESSAGE_PATH_ENV
from tests.builders import float_parameter
from tests.local.command import Command, spaced_sweep
from tests.local.conftest import OBJECTIVES
from tests.postgres_server import PASSWORD, PostgresServer
from tests.trial.preflight_pod import exit_code
from tests.unit.memory import MemoryCluster, MemoryStudies, made, passes
from tests.unit.preflight_world import OK, World

pytestmark = pytest.mark.timeout(900)  # of a module's fixture, whose runs share the processors with other tests

Json = dict[str, Any]
Row = tuple[str, str, str, str]  # check, name, outcome, message

NAME, RUN_SECONDS = "digits", 300.0
_NUMBER = re.compile(r"(?<!\[)\b\d+(\.\d+)?")  # free space and connections differ from one moment to the next


@dataclass(frozen=True, slots=True)
class Batch:
    """Checks that fail in one preflight, because each pod costs seconds."""

    preflight: Json
    python: str = "spaced:objective"


BATCHES = {
    "files": Batch(
        {
            "paths": [
                {"path": "{folder}/digits"},
                {"path": "{folder}/data", "glob": "*.png", "minFiles": 9},
                {"path": "{folder}/data/0.png", "sha256": "0" * 64},
            ],
            "imports": [{"module": "optuna", "version": ">=99"}, {"module": "not_there"}],
            "disk": [{"path": "{folder}", "freeBytes": 2**52}],
        }
    ),
    "code": Batch(
        {
            "gpu": {},
            "sample": "spaced:load_one_batch",
            "source": {"path": "{folder}/code"},
            "dryTrial": True,
            "commands": [["sh", "-c", "echo two tests failed; exit 3"]],
        },
        python="spaced:ignorant",
    ),
}
# The batch, the check, and words of its sentence.
FINDINGS = {
    "no-data": ("files", "path", "spec.preflight.paths[0]: "),
    "few-files": ("files", "path", "spec.preflight.paths[1]: "),
    "bad-checksum": ("files", "path", "spec.preflight.paths[2]: "),
    "old-package": ("files", "import", "spec.preflight.imports[0]: "),
    "no-package": ("files", "import", "spec.preflight.imports[1]: "),
    "small-disk": ("files", "disk", "spec.preflight.disk[0]: "),
    "no-gpu": ("code", "gpu", "spec.preflight.gpu: "),
    "no-sample": ("code", "sample", "spec.preflight.sample: "),
    "uncommitted": ("code", "source", "has uncommitted changes: `train.py`"),
    "other-space": ("code", "dryTrial", "never asks for `unused`"),
    "failing-command": ("code", "command", "spec.preflight.commands[0]: "),
}
GUEST = "gates_guest"
NARROW = "gates_narrow"
# The check that fails, and words of its sentence.
STORAGE = {
    "no-permission": ("permissions", f"login {GUEST} may not create tables"),
    "read-only": ("permissions", "is read-only for login"),
    "few-connections": ("connections", f"login `{NARROW}`"),
    "newer-optuna": ("schema", "Upgrade HPOSweep"),
    "older-optuna": ("schema", "`optuna storage upgrade`"),
    "other-owner": ("study", "belongs to another sweep"),
    "no-tls": ("tls", "does not support SSL"),
    "wrong-password": ("connection", "password authentication failed"),
    "no-database": ("connection", "does not exist"),
}


def normal(row: Mapping[str, Any]) -> Row:
    """Return what must be equal, with each number replaced."""
    return row["check"], row["name"], row["outcome"], _NUMBER.sub("N", row.get("message", ""))


def failures(rows: list[Json]) -> list[Row]:
    return sorted(normal(row) for row in rows if row["outcome"] == "Failed")


def stored(document: Json, uid: str) -> Sweep:
    """Return the sweep as the API server would give it."""
    identity = {"uid": uid, "generation": 1}
    return Sweep.from_object(check({**document, "metadata": {**document["metadata"], **identity}}).document)


# --- the preflight


def folder_of(path: Path) -> Path:
    for source in OBJECTIVES.glob("*.py"):
        (path / source.name).write_text(source.read_text())
    (path / "data").mkdir()
    (path / "data/0.png").write_bytes(b"x" * 100)
    (path / "code").mkdir()
    (path / "offset.txt").write_text("3.0")
    git = ("git", "-C", str(path / "code"), "-c", "user.name=n", "-c", "user.email=e@example.org")
    for arguments in (("init", "-q"), ("commit", "-q", "--allow-empty", "-m", "first")):
        subprocess.run((*git, *arguments), check=True)
    (path / "code/train.py").write_text("")
    return path


def document_of(batch: Batch, folder: Path) -> Json:
    block = yaml.safe_load(yaml.safe_dump(batch.preflight).replace("{folder}", str(folder)))
    space = [float_parameter("x", -5.0, 5.0), float_parameter("unused", 0.0, 1.0)]
    return spaced_sweep(NAME, preflight=block, searchSpace=space, objective={"python": batch.python})


async def operator_preflight(document: Json, folder: Path) -> list[Json]:
    """Return the rows after the operator's pod has run on this machine."""
    here = World(stored(document, "uid-operator"))
    await here.reconcile()
    assert here.created == [f"{NAME}-preflight"]
    (container,) = phase_template(here.cluster.held, PREFLIGHT_PHASE, 0.0)["spec"]["containers"]
    values = {entry["name"]: entry["value"].replace("$$", "$") for entry in container["env"] if "value" in entry}
    message = folder / "message"
    values |= {
        SOURCE_PATH_ENV: str(folder),
        STORAGE_URL_ENV: "postgresql://user:secret@127.0.0.1:1/none",
        TERMINATION_MESSAGE_PATH_ENV: str(message),
    }
    with chdir(folder):  # as the working folder of the image
        assert exit_code(values) == 0
    here.end(OK, termination_message=message.read_text())
    await here.reconcile()
    status = here.cluster.held.status
    assert status is not None
    return [row for row in to_wire(status.preflight) if row["check"] != "database"]


@pytest.fixture(scope="module")
def preflights(tmp_path_factory: pytest.TempPathFactory) -> dict[str, tuple[list[Row], list[Row]]]:
    """By batch: what a run found, and what the operator did."""
    found = {}
    for name, batch in BATCHES.items():
        folder = folder_of(tmp_path_factory.mktemp(name))
        document = document_of(batch, folder)
        (folder / "sweep.yaml").write_text(yaml.safe_dump(document))
        command = Command(folder / "sweep.yaml", folder / "out")
        try:
            assert command.wait(RUN_SECONDS) == 2, command.text()
        finally:
            command.process.kill()
        operator = asyncio.run(operator_preflight(document, folder))
        found[name] = failures(command.status()["preflight"]), failures(operator)
    return found


@pytest.mark.parametrize("case", FINDINGS)
def test_a_failed_check_is_told_by_both_alike(preflights: dict[str, tuple[list[Row], list[Row]]], case: str) -> None:
    batch, check, words = FINDINGS[case]
    local, operator = ([row for row in rows if row[0] == check and says(row, words)] for rows in preflights[batch])
    assert len(local) == 1
    assert local == operator


@pytest.mark.parametrize("batch", BATCHES)
def test_neither_finds_anything_else(preflights: dict[str, tuple[list[Row], list[Row]]], batch: str) -> None:
    local, operator = preflights[batch]
    assert local == operator
    assert len(local) == sum(case[0] == batch for case in FINDINGS.values())


def says(row: Row, words: str) -> bool:
    return _NUMBER.sub("N", words) in row[3]


# --- the storage gate


def storage_urls(postgres: PostgresServer) -> dict[str, str]:
    """Return the URL of a database for each case, with what is wrong in it."""
    urls = {case: postgres.create_database(f"gates_{case.replace('-', '_')}") for case in STORAGE}
    for login, case in ((GUEST, "no-permission"), (NARROW, "few-connections")):
        owner = Studies(Dsn(urls[case]))
        owner._session.run(f"create role {login} login password '{PASSWORD}'")
        if login == NARROW:
            owner._session.run(f"grant create on schema public to {login}; alter role {login} connection limit 3")
        owner.close()
        urls[case] = urls[case].replace("//hpo:", f"//{login}:")
    for case, revision in {"newer-optuna": "v9.9.9.a", "older-optuna": "v2.6.0.a", "other-owner": None}.items():
        owner = Studies(Dsn(urls[case]))
        owner.create(f"default.{NAME}", ["MINIMIZE"], ["loss"], "uid-of-another")
        if revision:
            owner._session.run("update alembic_version set version_num = %(revision)s", {"revision": revision})
        owner.close()
    admin = Studies(Dsn(urls["read-only"]))
    admin._session.run("alter database gates_read_only set default_transaction_read_only to on")
    admin.close()
    urls["no-tls"] += "?sslmode=require"
    urls["wrong-password"] = urls["wrong-password"].replace(PASSWORD, "wrong-4711")
    urls["no-database"] = urls["no-database"].replace("gates_no_database", "absent")
    return urls


def uid_of(command: Command) -> str:
    """Return the identity of the run's sweep, which may own the study already."""
    return str(yaml.safe_load((command.out / "status.yaml").read_text())["metadata"]["uid"])


async def operator_storage(sweep: Sweep, url: str) -> list[Json]:
    """Return the rows after the operator's passes over this database."""
    cluster, databases = MemoryCluster(sweep, secret=url), Databases(lambda _: None)
    await passes(replace(made(cluster, MemoryStudies()), databases=databases), 2)
    databases.close()
    status = cluster.held.status
    assert status is not None
    secret = sweep.spec.study.storage.secret_ref
    named = f"the database of Secret `{secret.name}` (key `{secret.key}`)"
    rows = to_wire(status.storage)
    place = f"the database {Dsn(url).location} (--storage)"
    return [{**row, "message": row.get("message", "").replace(named, place)} for row in rows]


@pytest.fixture(scope="module")
def gates(postgres: PostgresServer, tmp_path_factory: pytest.TempPathFactory) -> dict[str, tuple[list[Row], list[Row]]]:
    """By case: what a run found, and what the operator did."""
    folder = folder_of(tmp_path_factory.mktemp("storage"))
    document = spaced_sweep(NAME)
    (folder / "sweep.yaml").write_text(yaml.safe_dump(document))
    urls, commands = storage_urls(postgres), {}
    try:
        for case, url in urls.items():
            commands[case] = Command(folder / "sweep.yaml", folder / case, ("--storage", url))
        for command in commands.values():
            assert command.wait(RUN_SECONDS) == 2, command.text()
    finally:
        for command in commands.values():
            command.process.kill()
    return {
        case: (
            failures(commands[case].status()["storage"]),
            failures(asyncio.run(operator_storage(stored(document, uid_of(commands[case])), url))),
        )
        for case, url in urls.items()
    }


@pytest.mark.parametrize("case", STORAGE)
def test_a_closed_gate_of_the_database_is_told_by_both_alike(
    gates: dict[str, tuple[list[Row], list[Row]]], case: str
) -> None:
    check, words = STORAGE[case]
    local, operator = gates[case]
    assert [row[0] for row in local] == [check]
    assert says(local[0], words)
    assert local == operator
