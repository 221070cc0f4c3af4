"""The clock of the API server, read from the dates of its answers."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from typing import Any

import pytest
from prometheus_client import CollectorRegistry

from hposweep.cluster.apiserver import ApiServer
from hposweep.telemetry.metrics import OperatorMetrics


class Answer:
    """An answer of an API server with a date."""

    status = 200

    def __init__(self, headers: dict[str, str]) -> None:
        self.headers = headers

    async def read(self) -> bytes:
        return b"{}"


class Client:
    """A client whose server answers with these headers."""

    def __init__(self, headers: dict[str, str]) -> None:
        self._headers = headers

    async def param_serialize(self, *_: Any, **__: Any) -> tuple[()]:
        return ()

    async def call_api(self, *_: Any, **__: Any) -> Answer:
        return Answer(self._headers)


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
