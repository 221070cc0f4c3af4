"""The servers that the operator may connect to: by name, by address, and by the address that was compared."""

from __future__ import annotations

import socket
from typing import Any

import psycopg2
import pytest

from hposweep.allowed_hosts import DATABASE_VARIABLE, REMOTE, AllowedHosts
from hposweep.database.allowed_server import MAX_ADDRESSES, allowed_server
from hposweep.database.connection import Session
from hposweep.database.dsn import Dsn
from hposweep.database.errors import StorageError

URL = "postgresql://u:canary-7@{}:5432/d"
ADDRESSES = {
    "db.vision.svc": ["10.96.0.7"],
    "metadata.example": ["169.254.169.254"],
    "mixed.example": ["127.0.0.1", "10.96.0.7", "fd00::7", "10.96.0.7"],
    "many.example": [f"10.0.0.{number}" for number in range(50)],
}


@pytest.fixture(autouse=True)
def resolver(monkeypatch: pytest.MonkeyPatch) -> None:
    def resolve(host: str, *_: Any, **__: Any) -> list[Any]:
        if host == "nowhere.invalid":
            raise socket.gaierror(-2, "Name or service not known")
        if host == "a..b":
            raise UnicodeError("label empty")
        return [(socket.AF_INET, 1, 6, "", (address, 0)) for address in ADDRESSES.get(host, [host])]

    monkeypatch.setattr(socket, "getaddrinfo", resolve)


def allowed(text: str = "") -> AllowedHosts:
    return AllowedHosts.from_environment({DATABASE_VARIABLE: text}, DATABASE_VARIABLE, REMOTE)


def refusal(url: str, text: str = "") -> str:
    with pytest.raises(StorageError) as caught:
        allowed_server(Dsn(url), allowed(text))
    assert caught.value.reason == "HostNotAllowed"
    assert "canary" not in caught.value.message
    return caught.value.message


def test_a_database_of_the_cluster_is_reached_at_the_address_that_was_compared() -> None:
    assert allowed_server(Dsn(URL.format("db.vision.svc")), allowed()) == {
        "host": "db.vision.svc",
        "hostaddr": "10.96.0.7",
    }


def test_only_the_allowed_addresses_of_a_name_are_tried_each_once() -> None:
    server = allowed_server(Dsn(URL.format("mixed.example")), allowed())
    assert server == {"host": "mixed.example,mixed.example", "hostaddr": "10.96.0.7,fd00::7"}
    many = allowed_server(Dsn(URL.format("many.example")), allowed())
    assert many["hostaddr"].count(",") == MAX_ADDRESSES - 1


@pytest.mark.parametrize("host", ["metadata.example", "169.254.169.254", "127.0.0.1", "[::1]", "[::ffff:127.0.0.1]"])
def test_metadata_and_the_pod_itself_are_refused_by_default(host: str) -> None:
    message = refusal(URL.format(host))
    assert message.startswith(f'the host "{host.strip("[]")}" has no address that is allowed by')
    assert "`HPOSWEEP_DATABASE_HOSTS` of the operator" in message


@pytest.mark.parametrize(
    ("host", "text"),
    [("metadata.example", "*.example"), ("127.0.0.1", "remote,127.0.0.1"), ("mixed.example", "mixed.example")],
)
def test_a_listed_host_is_reached_whatever_its_address(host: str, text: str) -> None:
    server = allowed_server(Dsn(URL.format(host)), allowed(text))
    assert ADDRESSES.get(host, [host])[0] in server["hostaddr"].split(",")


def test_a_list_excludes_all_others() -> None:
    assert "db.vision.svc" in refusal(URL.format("db.vision.svc"), "*.databases.svc")


@pytest.mark.parametrize(
    "url", ["postgresql://u:p@/d", "postgresql://u:p@db/d?host=/run/pg", "postgresql://u:p@db/d?host=%40x"]
)
def test_a_socket_is_never_opened(url: str) -> None:
    assert "names no host but a Unix socket" in refusal(url, "remote,127.0.0.0/8")


def test_the_option_of_the_url_is_the_host_that_counts() -> None:
    assert "127.0.0.1" in refusal(f"{URL.format('db.vision.svc')}?host=127.0.0.1")
    assert "127.0.0.1" in refusal(f"{URL.format('db.vision.svc')}?host=db.vision.svc&host=127.0.0.%31")


@pytest.mark.parametrize("host", ["nowhere.invalid", "a..b"])
def test_a_name_without_an_address_fails_in_the_drivers_words(host: str) -> None:
    with pytest.raises(psycopg2.OperationalError, match=f'could not translate host name "{host}" to address'):
        allowed_server(Dsn(URL.format(host)), allowed())
    with pytest.raises(StorageError, match="could not translate host name") as caught:
        Session(Dsn(URL.format(host)), allowed=allowed()).run("select 1")
    assert caught.value.reason == "ConnectionFailed"


def test_the_session_asks_at_each_attempt_and_hands_the_address_on(monkeypatch: pytest.MonkeyPatch) -> None:
    attempts: list[dict[str, Any]] = []

    def connect(dsn: str, **options: Any) -> None:
        attempts.append(options)
        raise psycopg2.OperationalError("refused")

    monkeypatch.setattr(psycopg2, "connect", connect)
    session = Session(Dsn(URL.format("moving.example")), allowed=allowed())
    for address in ("10.0.0.1", "127.0.0.1", "10.0.0.2"):
        monkeypatch.setitem(ADDRESSES, "moving.example", [address])
        with pytest.raises(StorageError):
            session.run("select 1")
    assert [attempt["hostaddr"] for attempt in attempts] == ["10.0.0.1", "10.0.0.2"]
    with pytest.raises(StorageError):
        Session(Dsn(URL.format("127.0.0.1"))).run("select 1")
    assert "hostaddr" not in attempts[-1], "a run without a limit leaves it to the driver"
