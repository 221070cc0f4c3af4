"""One notification against real servers: what arrives, and what each failure is called."""

from __future__ import annotations

import json
from email import message_from_bytes, policy
from pathlib import Path

import pytest

from hposweep.allowed_hosts import VARIABLE, AllowedHosts
from hposweep.model.delivery_result import DeliveryResult
from hposweep.notify.process import send
from tests.unit.notify.servers import http_server, smtp_server

HERE = AllowedHosts.from_environment({VARIABLE: "127.0.0.0/8"})
PUBLIC = AllowedHosts()
PASSWORD = "c4nary"
LONG = "cto=600&rto=600"  # timeouts of the library, in seconds


async def sent(
    url: str, allowed: AllowedHosts = HERE, deadline_seconds: float = 600
) -> tuple[DeliveryResult, int | None]:
    """The deadline is long, because a busy machine starts processes slowly."""
    title, body = "HPOSweep default/digits ended: Complete", "40 of 40 trials"
    return await send(url, title, body, "success", allowed, deadline_seconds)


async def test_a_webhook_gets_title_text_and_kind() -> None:
    with http_server() as inbox:
        assert await sent(f"json://u:{PASSWORD}@127.0.0.1:{inbox.port}/hook?{LONG}") == (DeliveryResult.SENT, None)
    (body,) = inbox.bodies
    assert (body["title"], body["message"]) == ("HPOSweep default/digits ended: Complete", "40 of 40 trials")
    assert body["type"] == "success"


async def test_a_mail_has_the_title_as_its_subject() -> None:
    async with smtp_server() as inbox:
        url = f"mailto://127.0.0.1:{inbox.port}?from=sweeps@example.org&to=team@example.org&format=text&{LONG}"
        assert await sent(url) == (DeliveryResult.SENT, None)
    (envelope,) = inbox.bodies
    mail = message_from_bytes(envelope.content, policy=policy.default)
    assert envelope.rcpt_tos == ["team@example.org"]
    assert mail["Subject"] == "HPOSweep default/digits ended: Complete"
    assert "40 of 40 trials" in mail.get_content()


async def test_a_server_that_refuses_is_told_with_its_code() -> None:
    with http_server(403) as inbox:
        assert await sent(f"json://127.0.0.1:{inbox.port}?{LONG}") == (DeliveryResult.REFUSED, 403)
    assert len(inbox.bodies) == 1


async def test_a_mail_server_that_refuses_is_told() -> None:
    async with smtp_server("554 not today") as inbox:
        url = f"mailto://127.0.0.1:{inbox.port}?from=sweeps@example.org&to=team@example.org"
        result, _ = await sent(url)
    assert result in (DeliveryResult.REFUSED, DeliveryResult.NO_CONNECTION)
    assert len(inbox.bodies) == 1


async def test_a_server_that_does_not_answer_ends_at_the_deadline() -> None:
    with http_server(waits=True) as inbox:
        url = f"json://127.0.0.1:{inbox.port}?{LONG}"
        assert await sent(url, deadline_seconds=5) == (DeliveryResult.TIMEOUT, None)


async def test_a_port_without_a_server_is_no_connection() -> None:
    with http_server() as inbox:
        port = inbox.port
    assert await sent(f"json://127.0.0.1:{port}") == (DeliveryResult.NO_CONNECTION, None)


@pytest.mark.parametrize("url", ["", "no url", "json://", "https://example.org/hook", "jsn://h", "mailto://", "\0"])
async def test_a_malformed_url_is_told_as_one(url: str) -> None:
    assert await sent(url) == (DeliveryResult.INVALID_URL, None)


@pytest.mark.parametrize(
    "url", ["syslog://", "apprise://127.0.0.1/token", "rsyslog://127.0.0.1", "fcm://p/t?keyfile=/x"]
)
async def test_other_services_of_the_library_are_not_used(url: str) -> None:
    assert await sent(url) == (DeliveryResult.SERVICE_NOT_SUPPORTED, None)


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost", "2130706433", "[::ffff:127.0.0.1]"])
async def test_an_address_inside_is_refused_by_default_and_nothing_arrives(host: str) -> None:
    with http_server() as inbox:
        result, _ = await sent(f"json://{host}:{inbox.port}", PUBLIC)
    assert result in (DeliveryResult.HOST_NOT_ALLOWED, DeliveryResult.INVALID_URL)
    assert inbox.bodies == []


async def test_a_mail_server_inside_is_refused_by_default() -> None:
    async with smtp_server() as inbox:
        url = f"mailto://127.0.0.1:{inbox.port}?from=sweeps@example.org&to=team@example.org"
        assert await sent(url, PUBLIC) == (DeliveryResult.HOST_NOT_ALLOWED, None)
    assert inbox.bodies == []


async def test_a_host_that_is_allowed_by_name_may_be_inside() -> None:
    with http_server() as inbox:
        named = AllowedHosts.from_environment({VARIABLE: "localhost"})
        assert await sent(f"json://localhost:{inbox.port}?{LONG}", named) == (DeliveryResult.SENT, None)
    assert len(inbox.bodies) == 1


async def test_a_redirect_to_a_host_that_is_not_allowed_is_refused() -> None:
    with http_server() as inside, http_server(307, location=f"http://127.0.0.2:{inside.port}/") as outside:
        allowed = AllowedHosts.from_environment({VARIABLE: "127.0.0.1"})
        result, _ = await sent(f"json://127.0.0.1:{outside.port}?{LONG}", allowed)
    assert result is DeliveryResult.HOST_NOT_ALLOWED
    assert (len(outside.bodies), inside.bodies) == (1, [])


@pytest.mark.parametrize(("has_template", "result"), [(True, "InvalidUrl"), (False, "NoConnection")])
async def test_a_url_reads_no_file_of_the_operator(tmp_path: Path, has_template: bool, result: str) -> None:
    """The second row shows that the template alone is the fault; the server speaks no TLS."""
    template = tmp_path / "token"
    template.write_text(json.dumps({"type": "message", "attachments": [PASSWORD]}))
    with http_server() as inbox:
        url = f"workflows://127.0.0.1:{inbox.port}/643d8e8ba6544d8fbd6e53c7b7dafdd2/4wcUUXqbKS0CBQqOsnoW7Zjt5XLaa8W"
        assert await sent(f"{url}?template={template}" if has_template else url) == (result, None)
