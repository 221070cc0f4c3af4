"""How the operator comes to the certificate of an authority, and the condition when it cannot."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from hposweep.api.sweep import Sweep
from hposweep.database.dsn import Dsn
from hposweep.database.errors import StorageError
from hposweep.database.pool import Databases
from hposweep.database.study import Studies
from hposweep.observe.storage import open_studies
from tests import builders
from tests.tls_server import Authority, create_authority
from tests.unit import world
from tests.unit.memory import MemoryCluster

URL = "postgresql://u:canary-9@db.example/d"
CONFIG_MAP = {"mode": "VerifyFull", "caRef": {"configMap": {"name": "db-ca", "key": "ca.crt"}}}
SECRET = {"mode": "VerifyFull", "caRef": {"secret": {"name": "db-ca", "key": "ca.crt"}}}


@pytest.fixture(scope="module")
def authority(tmp_path_factory: pytest.TempPathFactory) -> Authority:
    return create_authority(tmp_path_factory.mktemp("pki") / "ca")


def sweep(tls: dict[str, Any]) -> Sweep:
    return world.sweep(study=builders.study(storage={"secretRef": {"name": "db", "key": "uri"}, "tls": tls}))


class Cluster(MemoryCluster):
    """Has the URL in one Secret and the certificate in another."""

    async def secret_value(self, namespace: str, name: str, key: str) -> str | None:
        return self.secret if name == "db" else self.config_map


async def opened(tls: dict[str, Any], secret: str = URL, certificate: str | None = None) -> Studies:
    of, databases = sweep(tls), Databases(lambda reason: None)
    return await open_studies(of, Cluster(of, secret=secret, config_map=certificate), databases)


async def refusal(tls: dict[str, Any], secret: str = URL, certificate: str | None = None) -> tuple[str, str]:
    with pytest.raises(StorageError) as caught:
        await opened(tls, secret, certificate)
    assert "canary" not in caught.value.message
    return caught.value.reason, caught.value.message


def certificate_of(dsn: Dsn) -> str:
    return Path(dsn.reveal().partition("sslrootcert=")[2].partition("&")[0]).read_text()


@pytest.mark.parametrize("tls", [CONFIG_MAP, SECRET])
async def test_the_certificate_is_read_from_either_kind(tls: dict[str, Any], authority: Authority) -> None:
    dsn: Dsn = (await opened(tls, certificate=authority.certificate)).dsn
    assert (dsn.sslmode, certificate_of(dsn)) == ("verify-full", authority.certificate)


@pytest.mark.parametrize(("tls", "kind"), [(CONFIG_MAP, "ConfigMap"), (SECRET, "Secret")])
async def test_a_certificate_that_is_missing_or_none_names_its_object(tls: dict[str, Any], kind: str) -> None:
    place = f"key `ca.crt` of {kind} `db-ca` in namespace `default`"
    missing = f"{place} does not exist; `spec.study.storage.tls.caRef` must name a key that holds the certificate"
    reason, message = await refusal(tls)
    assert (reason, message.startswith(missing)) == ("TlsFailed", True)
    reason, message = await refusal(tls, certificate="none")
    assert (reason, message.startswith(f"the value of {place} has no certificate")) == ("TlsFailed", True)


async def test_a_url_that_demands_the_contrary_is_invalid() -> None:
    reason, message = await refusal({"mode": "Require"}, f"{URL}?sslmode=disable")
    assert reason == "InvalidUrl"
    assert message.endswith("has `sslmode=disable`, and `tls.mode` is Require; remove `sslmode` from the URL")


async def test_a_rotated_certificate_opens_the_database_again(authority: Authority, tmp_path: Path) -> None:
    of, databases = sweep(CONFIG_MAP), Databases(lambda reason: None)
    other = create_authority(tmp_path / "other")
    first, same, next_one = [
        await open_studies(of, Cluster(of, secret=URL, config_map=text), databases)
        for text in (authority.certificate, authority.certificate, other.certificate)
    ]
    assert first is same
    assert next_one is not first
