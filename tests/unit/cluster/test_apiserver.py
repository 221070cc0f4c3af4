"""The clock of the API server, read from the dates of its answers."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from typing import Any

import pytest
from prometheus_client import CollectorRegistry

from hposweep.cluster.apiserver import ApiError, ApiServer
from hposweep.telemetry.metrics import OperatorMetrics


class Answer:
    """An answer of an API server with a date."""

    def __init__(self, headers: dict[str, str], status: int) -> None:
        self.headers, self.status = headers, status

    async def read(self) -> bytes:
        return b"{}"


class Client:
    """A client whose server answers with these headers."""

    def __init__(self, headers: dict[str, str], status: int = 200) -> None:
        self._headers, self._status = headers, status

    async def param_serialize(self, *_: Any, **__: Any) -> tuple[()]:
        return ()

    async def call_api(self, *_: Any, **__: Any) -> Answer:
        return Answer(self._headers, self._status)


async def ahead_seconds(headers: dict[str, str]) -> float | None:
    server = ApiServer(Client(headers), OperatorMetrics(CollectorRegistry()))  # type: ignore[arg-type]  # the part used
    assert server.ahead_seconds is None
    await server.request("GET", "/apis")
    return server.ahead_seconds


@pytest.mark.parametrize("hours", [-1, 0, 1])
async def test_the_date_of_an_answer_is_compared_with_the_own_clock(hours: int) -> None:
    date = datetime.now(UTC) + timedelta(hours=hours)
    seconds = await ahead_seconds({"Date": format_datetime(date, usegmt=True)})
    assert seconds is not None
    assert round(seconds / 3600) == hours


@pytest.mark.parametrize("headers", [{}, {"Date": ""}, {"Date": "yesterday"}])
async def test_an_answer_without_a_date_tells_nothing(headers: dict[str, str]) -> None:
    assert await ahead_seconds(headers) is None


@pytest.mark.parametrize(
    ("headers", "seconds"),
    [({}, 0), ({"Retry-After": "7"}, 7), ({"Retry-After": "100000"}, 300), ({"Retry-After": "soon"}, 0)],
)
async def test_an_error_has_the_pause_that_the_server_asks_for(headers: dict[str, str], seconds: float) -> None:
    server = ApiServer(Client(headers, 429), OperatorMetrics(CollectorRegistry()))  # type: ignore[arg-type]
    with pytest.raises(ApiError) as caught:
        await server.request("GET", "/apis")
    assert caught.value.retry_after_seconds == seconds
