"""No text of a database stops the operator, fills its memory, or keeps a neighbour from its pass."""

from __future__ import annotations

import psycopg2
import pytest

from hposweep.database.dsn import Dsn
from hposweep.database.errors import NOT_TEXT, StorageError
from hposweep.database.study import Studies
from tests.hostile.child import run_limited
from tests.hostile.large_study import insert_study
from tests.hostile.rows import fuzz, prepare
from tests.postgres_server import PostgresServer

pytestmark = pytest.mark.postgres
CPU_SECONDS = 300
MAX_MIB = 300


def test_every_text_is_a_value_or_a_condition_and_a_neighbour_goes_on(server: PostgresServer) -> None:
    prepare(server.create_database("template_of_hostile"))
    urls = {"server": server.url(), **{name: server.url(name) for name in ("hostile", "neighbour")}}
    figures = run_limited(fuzz, urls, CPU_SECONDS)
    for row in figures["rows"]:
        print(row)
    print({name: figure for name, figure in figures.items() if name != "rows"})
    assert [row for row in figures["rows"] if row["neighbour"] != "True/Connected" or row["neighbour's error"]] == []
    assert [row for row in figures["rows"] if row["error"]] == [], "no pass fails by a bug"
    assert [row for row in figures["rows"] if not row["StorageReady"]] == []
    assert figures["MiB at most"] <= MAX_MIB


def test_bytes_that_are_no_text_are_a_sentence(server: PostgresServer) -> None:
    url = server.create_database("latin1", encoding="SQL_ASCII")
    insert_study(url, "s", 3)
    connection = psycopg2.connect(url)
    with connection, connection.cursor() as cursor:
        cursor.execute('update trial_params set distribution_json = E\'{"name": "\\xe4"}\'')
    connection.close()
    studies = Studies(Dsn(url))
    with pytest.raises(StorageError) as caught:
        studies.read("s", [True])
    assert caught.value.message == NOT_TEXT
    studies.close()
