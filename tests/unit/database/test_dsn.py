"""A database's address never prints itself, and refuses what no worker could open."""

from __future__ import annotations

import re
import subprocess

import pytest

from hposweep.database.dsn import Dsn
from tests.documents import ROOT

CANARY = "s3cr3t%2Fcanary"
METRICS_PAGE = (ROOT / "docs/reference/metrics.md").read_text()
URL = f"postgresql://optuna:{CANARY}@db.example:5432/studies?sslmode=require"


@pytest.mark.parametrize("text", [str(Dsn(URL)), repr(Dsn(URL)), f"{Dsn(URL)}", f"{[Dsn(URL)]}"])
def test_no_way_of_printing_shows_the_password(text: str) -> None:
    assert CANARY not in text
    assert "optuna" not in text
    assert "db.example:5432/studies" in text


@pytest.mark.parametrize("leak", [URL, CANARY, "s3cr3t/canary", Dsn(URL).reveal_for_optuna()])
def test_redaction_knows_every_spelling(leak: str) -> None:
    assert Dsn(URL).redact(f"could not connect with {leak}!") == "could not connect with ***!"


@pytest.mark.parametrize("scheme", ["postgres", "postgresql", "postgresql+psycopg2"])
def test_every_spelling_of_postgresql_opens_both_clients(scheme: str) -> None:
    dsn = Dsn(f"{scheme}://u:p@h/d\n")
    assert dsn.reveal() == "postgresql://u:p@h/d"
    assert dsn.reveal_for_optuna() == "postgresql+psycopg2://u:p@h/d"


@pytest.mark.parametrize(
    ("url", "complaint"),
    [
        ("mysql://u:canary@h/d", "scheme `mysql`"),
        ("sqlite:///canary.db", "SQLite"),
        ("canary", "no scheme"),
        ("", "no scheme"),
        ("postgresql://u:canary@h", "names no database"),
        ("postgresql://u:canary@h:port/d", "not a URL: its port"),
        ("postgresql://u:canary@h:70000/d", "not a URL: its port"),
        ("canary://u:p@h/d", "another scheme"),
        ("postgresql+canary://u:p@h/d", "another scheme"),
        ("postgresql+asyncpg://u:p@h/d", "scheme `postgresql+asyncpg`"),
        ("https://canary@h/d", "scheme `https`"),
        ("AKIAIOSFODNN7EXAMPLE:wJalrXUtcanary", "no scheme"),
        ("admin:$apr1$canary", "no scheme"),
        ("postgresql://u:can@ry@h/d", "must be %-encoded"),
        ("postgresql://u:can/ary@h/d", "must be %-encoded"),
        ("postgresql://u:can?ary@h/d", "must be %-encoded"),
        ("postgresql://u:can#ary@h/d", "must be %-encoded"),
        ("postgresql://u:can%ary@h/d", "must be %-encoded"),
        ("postgresql://u:can%00ary@h/d", "must be %-encoded"),
        ("postgresql://u:can ary@h/d", "must be %-encoded"),
        ("postgresql://u:12/canary@h/d", "must be %-encoded"),
        ("postgresql://u@h/d?password=canary%zz", "must be %-encoded"),
        ("postgresql://u@h/d?password=can&ary=1", "unknown option"),
        ("postgresql://u@h/d?password=can=ary", "must have the form NAME=VALUE"),
        ("postgresql://u:canary@h1:5432,h2:5432/d", "several hosts"),
        ("postgresql://u:canary@h/d?hostaddr=10.0.0.1", "`hostaddr`, which is not supported"),
        ("postgresql://u:canary@h/d?service=canary", "`service`, which is not supported"),
        ("postgresql://u:canary@h/d?passfile=/etc/passwd", "`passfile`, which is not supported"),
        ("postgresql://u:canary@h/d?sslkeylogfile=/tmp/x", "`sslkeylogfile`, which is not supported"),
        ("postgresql://[canary/d", "not a URL"),
    ],
)
def test_what_cannot_work_is_refused_without_quoting_it(url: str, complaint: str) -> None:
    with pytest.raises(ValueError, match="postgresql://USER:PASSWORD@HOST") as caught:
        Dsn(url)
    assert complaint in str(caught.value)
    assert "canary" not in str(caught.value)


def test_the_same_address_is_the_same_database() -> None:
    assert Dsn(URL) == Dsn(f" {URL} ")
    assert len({Dsn(URL), Dsn(URL)}) == 1


@pytest.mark.parametrize(
    "url",
    [
        "postgres://another:password@db.example:5432/studies",
        "postgresql+psycopg2://optuna:x@DB.EXAMPLE/studies?connect_timeout=1",
        "postgresql:///studies?host=db.example",
    ],
)
def test_all_urls_of_one_database_have_one_id(url: str) -> None:
    assert Dsn(url).database_id == Dsn(URL).database_id


@pytest.mark.parametrize("change", [("db.example", "db2.example"), (":5432", ":5433"), ("/studies", "/other")])
def test_another_database_has_another_id(change: tuple[str, str]) -> None:
    assert Dsn(URL.replace(*change)).database_id != Dsn(URL).database_id


def test_the_id_is_the_one_that_the_documentation_computes() -> None:
    (address,) = re.findall(r"printf '%s' '(\S+)' \| sha256sum \| cut -c1-12", METRICS_PAGE)
    command = f"printf '%s' '{address}' | sha256sum | cut -c1-12"
    printed = subprocess.run(["sh", "-c", command], capture_output=True, text=True, check=True).stdout
    assert Dsn(f"postgresql://user:password@{address}").database_id == printed.strip()


@pytest.mark.parametrize(
    "url",
    [
        "postgresql://u:p%40ss:word@[::1]:5432/d?sslmode=require&connect_timeout=3",
        "postgresql://u@h/d?password=p%26w&options=-c%20search_path%3Dx",
        "postgresql://u:p@/d?host=/run/postgresql&port=5433",
        "postgres://u:p@h/d?sslmode=verify-full&sslrootcert=/etc/ca.crt&require_auth=scram-sha-256",
        "postgresql://u:p!$&'()*+,;=-._~@h-1.example_x/d-1",
    ],
)
def test_what_the_driver_reads_alike_is_accepted(url: str) -> None:
    assert Dsn(url).reveal().endswith(url.partition("://")[2])


def test_a_short_password_is_not_replaced_because_that_would_tell_its_letters() -> None:
    assert Dsn("postgresql://u:p@h/d").redact("port 5 of postgresql://u:p@h/d") == "port 5 of ***"
