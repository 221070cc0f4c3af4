"""Studies that plain Optuna wrote into files are read as Optuna reads them, and nothing is written."""

from __future__ import annotations

import hashlib
import socket
from collections.abc import Callable, Iterator
from pathlib import Path

import optuna
import pytest
from optuna.storages import JournalStorage, RDBStorage
from optuna.storages.journal import JournalFileBackend

from hposweep.database import study_reader
from hposweep.database.errors import StorageError
from hposweep.database.study_address import StorageKind, parse
from hposweep.database.study_reader import read_study
from tests.foreign_studies import STUDIES, make

Maker = Callable[[str], str]  # makes the foreign study of that name and returns its address


@pytest.fixture(params=["sqlite", "journal"])
def storage(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[tuple[optuna.storages.BaseStorage, Path, str]]:
    path = tmp_path / "a {b} ü#%.db"
    if request.param == "sqlite":
        optuna_storage = RDBStorage(f"sqlite:///{path}".replace("{", "{{").replace("}", "}}"))
        yield optuna_storage, path, f"sqlite:///{path}"
        optuna_storage.engine.dispose()
    else:
        yield JournalStorage(JournalFileBackend(str(path))), path, f"journal:{path}"


@pytest.mark.parametrize("name", STUDIES)
def test_a_foreign_study_is_read_as_optuna_reads_it(
    storage: tuple[optuna.storages.BaseStorage, Path, str], name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(study_reader, "PAGE_TRIALS", 7)  # several pages
    optuna_storage, path, address = storage
    study = make(name, optuna_storage)
    content = hashlib.sha256(path.read_bytes()).digest()
    for text in (address, str(path)):
        stored = read_study(text, name)
        trials = study.get_trials()
        assert stored.directions == tuple(direction.name for direction in study.directions)
        assert [item.number for item in stored.history.trials] == [item.number for item in trials]
        for own, other in zip(stored.history.trials, trials, strict=True):
            assert own.state == other.state.name
            assert dict(own.params) == other.params
            assert own.attributes == other.user_attrs
            assert own.distributions == other.distributions
            assert own.values == (tuple(other.values) if other.state.name == "COMPLETE" else ())
            assert own.seconds == (other.duration.total_seconds() if other.duration else None)
    assert hashlib.sha256(path.read_bytes()).digest() == content
    assert stored.total == len(trials)


def test_the_only_study_needs_no_name(storage: tuple[optuna.storages.BaseStorage, Path, str]) -> None:
    make("single", storage[0])
    assert read_study(storage[2], None).name == "single"


def test_a_missing_study_is_answered_with_those_that_exist(
    storage: tuple[optuna.storages.BaseStorage, Path, str],
) -> None:
    for name in ("digits-v2", "digits-v3", "other\x1b[31m"):
        optuna.create_study(study_name=name, storage=storage[0])
    with pytest.raises(StorageError, match=r"got `digits-v4`; in .*digits-v[23], digits-v[23], other \[31m"):
        read_study(storage[2], "digits-v4")
    with pytest.raises(StorageError, match="got no name"):
        read_study(storage[2], None)


def test_a_study_is_read_up_to_a_limit_which_is_said(storage: tuple[optuna.storages.BaseStorage, Path, str]) -> None:
    make("single", storage[0])
    stored = read_study(storage[2], "single", max_trials=5)
    assert len(stored.history.trials) == 5
    assert stored.notes == (f"Only the first 5 of {stored.total} trials were read.",)


def test_a_file_that_does_not_exist_is_not_created(tmp_path: Path) -> None:
    for prefix in ("sqlite:///", "journal:", ""):
        with pytest.raises(StorageError, match="no such file"):
            read_study(f"{prefix}{tmp_path}/missing.db", None)
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("content", [b"\x00\xff\x13" * 50, b"{}\n", b'{"op_code": 99}\n', b"[1]\n", b"hello\nworld\n"])
def test_a_file_of_another_kind_is_refused(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "notes.txt"
    path.write_bytes(content)
    with pytest.raises(StorageError, match=r"notes\.txt"):
        read_study(str(path), None)


def test_an_sqlite_database_without_tables_is_refused_and_stays_empty(tmp_path: Path) -> None:
    import sqlite3

    path = tmp_path / "empty.db"
    connection = sqlite3.connect(path)
    connection.execute("create table other (id integer)")
    connection.commit()
    connection.close()
    content = path.read_bytes()
    with pytest.raises(StorageError, match="no tables of Optuna"):
        read_study(f"sqlite:///{path}", None)
    assert path.read_bytes() == content


def _closed_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@pytest.mark.parametrize(
    "url",
    [
        "postgresql://me:s3cret@127.0.0.1:{port}/db",
        "mysql+pymysql://me:s3cret@127.0.0.1:{port}/db",
        "mysql://me:s3cret@127.0.0.1:{port}/db",
        "postgresql://me:s3cret@127.0.0.1:{port}",
        "postgresql://me:s3cret@[::1/db",
        "postgresql://me:12/s3cret@127.0.0.1:{port}/db",
        "me:s3cret@127.0.0.1/db",
        "sqlite:///me:s3cret@127.0.0.1/db",
        "redis://me:s3cret@127.0.0.1:{port}/0",
        "postgresql://me:s3cret{x}@127.0.0.1:{port}/db",
    ],
)
def test_an_unreachable_database_is_named_without_its_password(url: str) -> None:
    with pytest.raises(StorageError) as caught:
        read_study(url.replace("{port}", str(_closed_port())), "any")
    assert "s3cret" not in caught.value.message
    assert "s3cret" not in str(caught.value.__cause__)


def test_the_address_hides_its_password_in_its_representation() -> None:
    address = parse("postgresql://me:s3cret@db:5432/optuna?sslmode=require")
    assert address.kind is StorageKind.POSTGRESQL
    assert repr(address) == "StudyAddress(db:5432/optuna)"
