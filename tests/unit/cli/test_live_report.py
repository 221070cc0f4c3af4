"""The report is rewritten while a run goes on: seldom, only after new trials, and never after the last one."""

from __future__ import annotations

import asyncio
import threading
from contextlib import suppress
from dataclasses import replace

import pytest

from hposweep.api.status import Status
from hposweep.cli.run import live_report
from hposweep.cli.run.live_report import LiveReport
from tests.unit.cli.test_screen import STATUS


def with_trials(finished: int) -> Status:
    return replace(STATUS, trials=replace(STATUS.trials, finished=finished))


async def keep(report: LiveReport, seconds: float) -> None:
    with suppress(TimeoutError):
        await asyncio.wait_for(report.keep(), seconds)


@pytest.mark.parametrize(("finished", "writes"), [(0, 0), (3, 1), (live_report.MAX_TRIALS + 1, 0)])
def test_it_is_written_once_for_the_same_trials(finished: int, writes: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(live_report, "REFRESH_SECONDS", 0.01)
    calls: list[Status] = []
    report = LiveReport(lambda status: calls.append(status) or "", lambda: with_trials(finished))  # type: ignore[func-returns-value]
    asyncio.run(keep(report, 0.5))
    assert calls == [with_trials(finished)] * writes


def test_nothing_is_written_before_the_first_status() -> None:
    report = LiveReport(lambda status: pytest.fail("written"), lambda: None)
    asyncio.run(keep(report, 0.05))


def test_it_rests_for_many_durations_of_an_analysis() -> None:
    assert live_report.REFRESH_SECONDS >= 30
    assert live_report.REST_FACTOR >= 20


def test_the_end_waits_for_a_write_and_no_other_follows() -> None:
    started, may_end, order = threading.Event(), threading.Event(), []

    def write(_: Status) -> str:
        started.set()
        may_end.wait(10)
        order.append("live")
        return ""

    report = LiveReport(write, lambda: STATUS)
    writer = threading.Thread(target=report._write, args=(STATUS,))
    writer.start()
    assert started.wait(10)
    may_end.set()
    report.finish()
    order.append("end")
    report._write(STATUS)
    writer.join()
    assert order == ["live", "end"]
