"""What the database says about its connections, as the operator's own login sees it."""

from __future__ import annotations

from collections.abc import Iterator

import psycopg2
import pytest

from hposweep.database.dsn import Dsn
from hposweep.database.study import Studies

pytestmark = pytest.mark.postgres


@pytest.fixture
def guest(studies: Studies, url: str) -> Iterator[tuple[Studies, str]]:
    """A login that is no superuser and may have 5 connections, on a database that allows 7."""
    database = url.rpartition("/")[2]
    studies._session.run(f"create role narrow_{database} login password 'canary-narrow' connection limit 5")
    studies._session.run(f"alter database {database} connection limit 7")
    narrow = url.replace("hpo:canary-4f1c", f"narrow_{database}:canary-narrow")
    seen = Studies(Dsn(narrow))
    yield seen, narrow
    seen.close()


def by_kind(studies: Studies) -> dict[str, tuple[int, int]]:
    return {limit.name.split()[0]: (limit.maximum, limit.in_use) for limit in studies.limits()}


def test_only_the_server_limits_a_superuser(studies: Studies) -> None:
    limits = studies.limits()
    assert [limit.name for limit in limits] == ["the server (`max_connections` less those reserved)"]
    assert limits[0].maximum == 97
    assert limits[0].in_use >= 0


def test_a_login_and_a_database_have_limits_of_their_own(
    studies: Studies, guest: tuple[Studies, str], url: str
) -> None:
    narrow, narrow_url = guest
    alone = by_kind(narrow)
    assert (alone["login"], alone["database"]) == ((5, 0), (7, 1)), "the owner of the database is connected as well"
    others = [psycopg2.connect(address) for address in (narrow_url, narrow_url, url)]
    try:
        crowded = by_kind(narrow)
        assert (crowded["login"], crowded["database"]) == ((5, 2), (7, 4))
        assert crowded["the"][0] == 97
        assert crowded["the"][1] >= 3
    finally:
        for other in others:
            other.close()
