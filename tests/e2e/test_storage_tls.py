"""A database with TLS on a real cluster: operator and workers verify it, and another certificate starts no pod.

The certificate is loaded into the running server by its superuser, which needs no file in the pod's manifest.
"""

from __future__ import annotations

from base64 import b64encode
from collections.abc import Iterator
from typing import Any

import pytest

from tests.builders import changed
from tests.e2e.place import SECRET, Place, make_config_map, make_secret
from tests.e2e.postgres import Postgres
from tests.tls_server import create_authority

Json = dict[str, Any]

WAIT_SECONDS = 25
SETTINGS = {"ssl_cert_file": "/tmp/e2e-server.crt", "ssl_key_file": "/tmp/e2e-server.key", "ssl": "on"}  # noqa: S108
CA, OTHER_CA = "db-ca", "other-ca"


@pytest.fixture(scope="module")
def encrypted(shared: Place, postgres: Postgres, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Place]:
    folder = tmp_path_factory.mktemp("pki")
    right, wrong = (create_authority(folder / name) for name in ("right", "wrong"))
    right.sign(folder, f"DNS:postgres.{postgres.namespace}.svc")
    admin = postgres.database("postgres")
    for setting, file in (("ssl_cert_file", "server.crt"), ("ssl_key_file", "server.key")):
        content, path = b64encode((folder / file).read_bytes()).decode(), SETTINGS[setting]
        admin.rows(f"copy (select '{content}') to program 'base64 -d > {path} && chmod 600 {path}'")
    for setting, value in SETTINGS.items():
        admin.rows(f"alter system set {setting} = '{value}'")
    admin.rows("select pg_reload_conf()")
    make_config_map(shared.server, shared.name, CA, {"ca.crt": right.certificate})
    make_secret(shared.server, shared.name, OTHER_CA, **{"ca.crt": wrong.certificate})
    yield shared
    admin.rows("alter system set ssl = 'off'")
    admin.rows("select pg_reload_conf()")


def sweep(place: Place, name: str, tls: Json, secret: str = SECRET) -> Json:
    body = place.sweep(name, most=4, replicas=1)
    return changed(body, "spec.study.storage", {"secretRef": {"name": secret, "key": "uri"}, "tls": tls})


def verified(**reference: Json) -> Json:
    return {"mode": "VerifyFull", "caRef": reference}


def test_a_verified_sweep_runs_to_its_end(encrypted: Place) -> None:
    ca = verified(configMap={"name": CA, "key": "ca.crt"})
    encrypted.apply(sweep(encrypted, "verified", ca))
    encrypted.until_condition("verified", "Complete")
    rows = {row["check"]: row for row in encrypted.status("verified")["storage"]}
    assert (rows["tls"]["outcome"], rows["tls"]["threshold"]) == ("Passed", "verify-full")
    (pod,) = encrypted.pods("verified")
    names = {entry["name"] for entry in pod["spec"]["containers"][0]["env"]}
    assert {"HPOSWEEP_TLS_STORAGE_URL", "HPOSWEEP_CA_FILE"} <= names
    assert "HPOSWEEP_STORAGE_URL" not in names


def test_another_authority_starts_no_pod(encrypted: Place) -> None:
    encrypted.apply(sweep(encrypted, "other-ca", verified(secret={"name": OTHER_CA, "key": "ca.crt"})))
    condition = encrypted.until_condition("other-ca", "StorageReady", "False", "TlsFailed", seconds=WAIT_SECONDS)
    assert "certificate verify failed" in condition["message"]
    assert (encrypted.jobs("other-ca"), encrypted.pods("other-ca")) == ([], [])


def test_a_certificate_that_comes_later_starts_the_sweep(encrypted: Place) -> None:
    encrypted.apply(sweep(encrypted, "late-ca", verified(configMap={"name": "late-ca", "key": "ca.crt"})))
    condition = encrypted.until_condition("late-ca", "StorageReady", "False", "TlsFailed", seconds=WAIT_SECONDS)
    assert "key `ca.crt` of ConfigMap `late-ca`" in condition["message"]
    path = f"/api/v1/namespaces/{encrypted.name}/configmaps/{CA}"
    data = encrypted.server.send("GET", path)["data"]
    make_config_map(encrypted.server, encrypted.name, "late-ca", data)
    encrypted.until_condition("late-ca", "Complete")


def test_a_url_that_allows_cleartext_is_refused(encrypted: Place, postgres: Postgres) -> None:
    make_secret(encrypted.server, encrypted.name, "clear", uri=f"{postgres.url('postgres')}?sslmode=disable")
    encrypted.apply(sweep(encrypted, "clear", {"mode": "Require"}, secret="clear"))
    condition = encrypted.until_condition("clear", "StorageReady", "False", "InvalidUrl", seconds=WAIT_SECONDS)
    assert "has `sslmode=disable`, and `tls.mode` is Require" in condition["message"]
