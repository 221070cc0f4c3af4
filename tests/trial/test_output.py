"""What a trial prints: passed on at once, its end kept, and never in anybody's way."""

from __future__ import annotations

import os
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from hpotrial import protocol
from hpotrial.process import output
from hpotrial.process.output import Capture, Output
from tests.trial.builders import until


@pytest.fixture
def log(tmp_path: Path) -> Iterator[tuple[Path, int]]:
    path = tmp_path / "log"
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT)
    yield path, descriptor
    os.close(descriptor)


@pytest.fixture
def capture(log: tuple[Path, int]) -> Iterator[Capture]:
    made = Output(lambda text: text.replace("hunter2", "[redacted]"), log[1]).capture()
    yield made
    made.close()


def say(capture: Capture, text: str | bytes) -> None:
    rest = text.encode() if isinstance(text, str) else text
    while rest:
        rest = rest[os.write(capture.writer.fileno(), rest) :]


def test_everything_reaches_the_log_at_once(capture: Capture, log: tuple[Path, int]) -> None:
    say(capture, "epoch 1\nhalf")
    until(lambda: log[0].read_text() == "epoch 1\nhalf", "the line to be passed on")


def test_the_tail_has_all_that_was_printed_before(capture: Capture) -> None:
    for number in range(50):
        say(capture, f"line {number}\n")
        assert capture.tail().splitlines()[-1] == f"line {number}"
    assert capture.tail().splitlines() == [f"line {number}" for number in range(30, 50)]


def test_the_tail_is_clean(capture: Capture) -> None:
    say(capture, b"\x1b[31mred\x1b[0m\x1b]0;title\x07\n\n10 %\r20 %\r\n\x00\xff end\nhunter2\n")
    assert capture.tail() == "red\n20 %\n\N{REPLACEMENT CHARACTER} end\n[redacted]"


def test_a_secret_at_the_edge_of_the_tail_is_not_shown_in_part(capture: Capture) -> None:
    say(capture, "hunter2" * 2000)
    shown = capture.tail()
    assert len(shown) <= protocol.LOG_TAIL_CHARACTERS
    assert "hunter2" not in shown
    assert shown.endswith("[redacted]")


def test_a_line_of_100_mb_costs_no_memory(capture: Capture, log: tuple[Path, int]) -> None:
    for _ in range(100):
        say(capture, b"y" * 2**20)
    say(capture, "\nthe end\n")
    assert capture.tail() == "the end"
    assert len(capture._tail) <= output.TAIL_BYTES
    assert log[0].stat().st_size > 100 * 2**20


def test_the_workers_next_line_is_its_own(capture: Capture, log: tuple[Path, int]) -> None:
    say(capture, "half a line")
    capture.tail()
    assert log[0].read_text() == "half a line\n"


def test_what_is_in_the_pipe_at_the_end_is_passed_on(log: tuple[Path, int]) -> None:
    capture = Output(descriptor=log[1]).capture()
    with capture._lock:  # the thread is kept from reading
        say(capture, "last words")
    capture.close()
    assert log[0].read_text() == "last words\n"
    assert "last words" in capture.tail()


def test_a_pipe_that_stays_open_elsewhere_does_not_delay_the_end(
    log: tuple[Path, int], monkeypatch: pytest.MonkeyPatch
) -> None:
    capture = Output(descriptor=log[1]).capture()
    kept = os.dup(capture.writer.fileno())
    say(capture, "done\n")
    monkeypatch.setattr(output, "SETTLE_SECONDS", 600.0)  # longer than the test may take
    capture.close()
    assert not capture._thread.is_alive()
    with pytest.raises(BrokenPipeError):
        os.write(kept, b"nobody")
    os.close(kept)


def test_a_log_that_nobody_reads_does_not_stop_the_trial() -> None:
    read_end, write_end = os.pipe()
    os.close(read_end)
    capture = Output(descriptor=write_end).capture()
    for _ in range(10):
        say(capture, b"z" * 2**16)
    say(capture, "\nstill here\n")
    assert capture.tail() == "still here"
    capture.close()
    os.close(write_end)


def test_a_log_that_takes_nothing_does_not_hold_the_worker(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(output, "SETTLE_SECONDS", 0.1)
    read_end, write_end = os.pipe()
    capture = Output(descriptor=write_end).capture()
    say(capture, b"z" * 2**17)
    capture.tail()
    capture.close()
    assert capture._thread.is_alive()
    os.close(read_end)  # now it can end
    capture._thread.join(10)
    assert not capture._thread.is_alive()
    os.close(write_end)


def test_nothing_is_left_of_a_capture(log: tuple[Path, int]) -> None:
    before = sorted(Path("/proc/self/fd").iterdir()), threading.active_count()
    for _ in range(20):
        capture = Output(descriptor=log[1]).capture()
        say(capture, "something\n")
        capture.close()
        capture.close()
    assert (sorted(Path("/proc/self/fd").iterdir()), threading.active_count()) == before
