"""What the TLS of a spec does to a database URL, as libpq reads the result."""

from __future__ import annotations

from urllib.parse import parse_qs, urlsplit

import pytest
from psycopg2.extensions import parse_dsn

from hpotrial.protocol import CA_FILE_ENV, TLS_MODE_ENV
from hpotrial.protocol.tls import REQUIRE, VERIFY_FULL, Tls, take_url

URL = "postgresql://u:p%40w@db.example:6432/d"
CA = "/hposweep/database/ca.crt"


def options(tls: Tls, url: str) -> dict[str, str]:
    """Return the options of the URL as the driver reads them."""
    assert tls.problem(url) == ""
    values = parse_dsn(tls.secured(url))
    assert (values["user"], values["password"], values["dbname"]) == ("u", "p@w", "d")
    return {name: value for name, value in values.items() if name not in ("user", "password", "dbname")}


def test_require_demands_tls_and_a_proof_in_place_of_the_password() -> None:
    assert options(Tls(REQUIRE), URL) == {
        "host": "db.example",
        "port": "6432",
        "sslmode": "require",
        "require_auth": "scram-sha-256",
        "gssencmode": "disable",
    }


def test_verify_full_names_the_file_and_leaves_the_method_to_the_server() -> None:
    assert options(Tls(VERIFY_FULL, CA), URL) == {
        "host": "db.example",
        "port": "6432",
        "sslmode": "verify-full",
        "sslrootcert": CA,
        "gssencmode": "disable",
    }


@pytest.mark.parametrize("mode", ["require", "verify-ca", "verify-full"])
def test_the_stricter_of_spec_and_url_counts(mode: str) -> None:
    url = f"{URL}?connect_timeout=3&sslmode={mode}"
    assert options(Tls(REQUIRE), url)["sslmode"] == mode
    verified = options(Tls(VERIFY_FULL, CA), url)
    assert (verified["sslmode"], verified["connect_timeout"]) == ("verify-full", "3")


def test_each_option_stands_once() -> None:
    url = f"{URL}?sslmode=require&require_auth=md5&sslmode=%72equire"
    query = parse_qs(urlsplit(Tls(REQUIRE).secured(url)).query)
    assert query == {"sslmode": ["require"], "require_auth": ["md5"], "gssencmode": ["disable"]}


@pytest.mark.parametrize("mode", [REQUIRE, VERIFY_FULL])
@pytest.mark.parametrize(
    ("url", "sentence"),
    [
        (f"{URL}?sslmode=disable", "has `sslmode=disable`, and `tls.mode` is {}; remove `sslmode` from the URL"),
        (f"{URL}?sslmode=pre%66er", "has `sslmode=prefer`, and `tls.mode` is {}"),
        (f"{URL}?sslmode=require&sslmode=allow", "has `sslmode=allow`"),
        (f"{URL}?gssencmode=prefer", "has the option `gssencmode`"),
        ("postgresql://u:p@/d", "names no host but a Unix socket, which has no TLS, and `tls.mode` is {}"),
        ("postgresql://u:p@%2Frun%2Fpg/d", "names no host but a Unix socket"),
        ("postgresql://u:p@db/d?host=/run/pg", "names no host but a Unix socket"),
        ("postgresql://u:p@db/d?host=@pg", "names no host but a Unix socket"),
        ("postgresql://:5432/d", "names no host but a Unix socket"),
    ],
)
def test_a_url_that_demands_the_contrary_is_refused(mode: str, url: str, sentence: str) -> None:
    assert sentence.format(mode) in Tls(mode, CA).problem(url)


def test_only_one_certificate_may_be_named() -> None:
    url = f"{URL}?sslrootcert=/etc/ssl/ca.pem"
    assert "has the option `sslrootcert`" in Tls(VERIFY_FULL, CA).problem(url)
    assert Tls(REQUIRE).problem(url) == ""


@pytest.mark.parametrize("url", ["postgresql://u:p@[::1]:5432/d", "postgresql://u:p@[fd00::7]/d", "postgresql://db/d"])
def test_other_addresses_are_hosts(url: str) -> None:
    assert Tls(VERIFY_FULL, CA).problem(url) == ""


def test_a_worker_reads_what_the_operator_wrote() -> None:
    assert Tls.of_environ({}) is None
    assert Tls.of_environ({TLS_MODE_ENV: REQUIRE}) == Tls(REQUIRE)
    assert Tls.of_environ({TLS_MODE_ENV: VERIFY_FULL, CA_FILE_ENV: CA}) == Tls(VERIFY_FULL, CA)


@pytest.mark.parametrize("name", ["HPOSWEEP_STORAGE_URL", "HPOSWEEP_TLS_STORAGE_URL"])
def test_the_url_is_taken_out_of_the_environment_whichever_its_name(name: str) -> None:
    environ = {name: URL, "OTHER": "1"}
    assert (take_url(environ), environ) == (URL, {"OTHER": "1"})
