"""A database's address never prints itself, and refuses what no worker could open."""

from __future__ import annotations

import pytest

from hposweep.database.dsn import Dsn

CANARY = "s3cr3t%2Fcanary"
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
        ("postgresql://u:canary@h:port/d", "not a URL"),
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
