"""A worker whose sweep demands TLS: it runs its trials with the right certificate, and says what is wrong else."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import optuna
import pytest

from hpotrial import protocol
from tests.postgres_server import PASSWORD, PostgresServer
from tests.tls_server import Authority, create_authority, running_with_tls
from tests.trial.builders import SweepStudy, work
from tests.trial.conftest import WorkerStarter

pytestmark = pytest.mark.postgres


@pytest.fixture(scope="module")
def authority(tmp_path_factory: pytest.TempPathFactory) -> Authority:
    return create_authority(tmp_path_factory.mktemp("pki") / "right")


@pytest.fixture(scope="module")
def encrypted(authority: Authority) -> Iterator[PostgresServer]:
    with running_with_tls(authority) as server:
        yield server


@pytest.fixture
def study(encrypted: PostgresServer) -> Iterator[SweepStudy]:
    uri = encrypted.url().replace("127.0.0.1", "localhost")
    storage = optuna.storages.RDBStorage(protocol.driver_url(uri))
    study = SweepStudy(storage, uri, "tls", ("minimize",)).control()
    yield study
    study.delete()
    storage.engine.dispose()


def tls(url: str, ca: Path | None, mode: str = "VerifyFull") -> dict[str, str]:
    return {
        protocol.STORAGE_URL_ENV: "",
        protocol.TLS_STORAGE_URL_ENV: url,
        protocol.TLS_MODE_ENV: mode,
        protocol.CA_FILE_ENV: str(ca or ""),
    }


def test_a_worker_runs_its_trials_on_a_verified_server(
    study: SweepStudy, authority: Authority, start_worker: WorkerStarter
) -> None:
    worker = start_worker(study, **tls(study.uri, authority.file))
    assert worker.wait() == protocol.EXIT_DONE, worker.log()
    assert len(study.charged()) == 10


def test_a_worker_does_not_use_a_server_that_another_authority_signed(
    study: SweepStudy, tmp_path: Path, start_worker: WorkerStarter
) -> None:
    wrong = create_authority(tmp_path / "wrong")
    worker = start_worker(study, work(outageSeconds=0), **tls(study.uri, wrong.file))
    assert worker.wait() == protocol.EXIT_STORAGE_LOST, worker.log()
    assert "certificate verify failed" in worker.message()
    assert PASSWORD not in worker.log() + worker.message()
    assert study.trials == []


def test_a_rotated_url_that_demands_the_contrary_is_refused(study: SweepStudy, start_worker: WorkerStarter) -> None:
    worker = start_worker(study, **tls(f"{study.uri}?sslmode=disable", None, "Require"))
    assert worker.wait() == protocol.EXIT_INVALID_CONFIG, worker.log()
    assert worker.message().startswith("the database URL has `sslmode=disable`, and `tls.mode` is Require")


def test_a_worker_without_the_url_names_the_variable(study: SweepStudy, start_worker: WorkerStarter) -> None:
    worker = start_worker(study, **tls("", None, "Require"))
    assert worker.wait() == protocol.EXIT_INVALID_CONFIG
    assert worker.message() == "missing environment variables: HPOSWEEP_TLS_STORAGE_URL"
