"""`storage.tls` on a real PostgreSQL: what connects, and the reason and the sentence of what does not."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from hposweep.allowed_hosts import DATABASE_VARIABLE, REMOTE, REMOTE_HOSTS, AllowedHosts
from hposweep.database.certificates import Certificates
from hposweep.database.dsn import Dsn
from hposweep.database.errors import StorageError
from hposweep.database.optuna_storage import open_for_reader
from hposweep.database.study import Studies
from hposweep.judge import gates
from hposweep.judge.storage_checks import storage_checks
from hposweep.model.storage import Storage
from tests.integration.conftest import OWNER
from tests.postgres_server import PASSWORD, PostgresServer
from tests.tls_server import Authority, create_authority, running_with_tls
from tests.unit import world

pytestmark = pytest.mark.postgres


@pytest.fixture(scope="module")
def authority(tmp_path_factory: pytest.TempPathFactory) -> Authority:
    return create_authority(tmp_path_factory.mktemp("pki") / "right")


@pytest.fixture(scope="module")
def encrypted(authority: Authority) -> Iterator[PostgresServer]:
    with running_with_tls(authority) as server:
        yield server


@pytest.fixture
def tls_url(encrypted: PostgresServer) -> str:
    """The server under the name that its certificate has."""
    return encrypted.url().replace("127.0.0.1", "localhost")


def secured(url: str, mode: str, authority: Authority | None = None) -> Dsn:
    certificate = Certificates().file(authority.certificate) if authority is not None else None
    return Dsn(url).secured(mode, certificate)


def refusal(dsn: Dsn) -> tuple[str, str]:
    with closing(Studies(dsn)) as studies, pytest.raises(StorageError) as caught:
        studies.probe()
    assert PASSWORD not in caught.value.message
    return caught.value.reason, caught.value.message


def test_a_verified_server_is_used_by_operator_and_optuna(tls_url: str, authority: Authority) -> None:
    dsn = secured(tls_url, "VerifyFull", authority)
    with closing(Studies(dsn)) as studies:
        studies.create("verified", ["MAXIMIZE"], ["score"], OWNER)
        storage = Storage(is_reachable=True, probe=studies.probe())
    (row,) = (
        row
        for row in storage_checks(world.sweep(), world.seen(storage), gates.storage(world.sweep(), storage))
        if row.check == "tls"
    )
    assert (row.outcome, row.value, row.threshold) == ("Passed", "TLSv1.3", "verify-full")
    reader = open_for_reader(dsn, may_write=False)
    assert reader.get_study_id_from_name("verified")
    reader.engine.dispose()


def test_tls_without_a_check_needs_no_certificate(tls_url: str) -> None:
    with closing(Studies(secured(tls_url, "Require"))) as studies:
        assert studies.probe().encryption == "TLSv1.3"


def test_a_certificate_of_another_authority_is_refused(tls_url: str, tmp_path: Path) -> None:
    other = create_authority(tmp_path / "wrong")
    reason, message = refusal(secured(tls_url, "VerifyFull", other))
    assert (reason, "certificate verify failed" in message) == ("TlsFailed", True)
    assert "another authority signed it than the one that `tls.caRef`" in message


def test_a_certificate_of_another_host_is_refused(encrypted: PostgresServer, authority: Authority) -> None:
    reason, message = refusal(secured(encrypted.url(), "VerifyFull", authority))
    assert (reason, 'does not match host name "127.0.0.1"' in message) == ("TlsFailed", True)
    assert message.endswith("or have the certificate name this host")


@pytest.mark.parametrize("mode", ["Require", "VerifyFull"])
def test_a_server_without_tls_is_refused(url: str, authority: Authority, mode: str) -> None:
    reason, message = refusal(secured(url, mode, authority if mode == "VerifyFull" else None))
    assert (reason, "server does not support SSL, but SSL was required" in message) == ("TlsFailed", True)
    assert "remove what demands it: `tls` beside `secretRef`" in message


@pytest.fixture
def cleartext(encrypted: PostgresServer) -> Iterator[None]:
    """The server asks for the password itself, as one would that only pretends to be the database."""
    rules = encrypted.directory / "data" / "pg_hba.conf"
    before = rules.read_text()
    for text in (before.replace("scram-sha-256", "password"), before):
        rules.write_text(text)
        encrypted.stop()
        encrypted.start()
        if text != before:
            yield


def test_an_unverified_server_does_not_get_the_password(tls_url: str, authority: Authority, cleartext: None) -> None:
    reason, message = refusal(secured(tls_url, "Require"))
    assert reason == "AuthenticationFailed"
    assert "server requested a cleartext password. Let the server ask for that method" in message
    allowed = (secured(tls_url, "VerifyFull", authority), secured(f"{tls_url}?require_auth=password", "Require"))
    for dsn in allowed:
        with closing(Studies(dsn)) as studies:
            assert studies.probe().encryption == "TLSv1.3"


def test_an_address_that_was_compared_is_verified_by_its_name(tls_url: str, authority: Authority) -> None:
    listed = AllowedHosts.from_environment({DATABASE_VARIABLE: "localhost"}, DATABASE_VARIABLE, REMOTE)
    dsn = secured(tls_url, "VerifyFull", authority)
    with closing(Studies(dsn, allowed=listed)) as studies:
        assert studies.probe().encryption == "TLSv1.3"
        studies.create("allowed", ["MAXIMIZE"], ["score"], OWNER)
    with closing(Studies(dsn, allowed=REMOTE_HOSTS)) as studies, pytest.raises(StorageError) as caught:
        studies.create("refused", ["MAXIMIZE"], ["score"], OWNER)
    assert caught.value.reason == "HostNotAllowed"
