"""A trial's output: forwarded to the worker's log at once, with the last lines kept for the trial's record.

Each trial gets a pipe, and a thread of the supervisor that always empties it. A full pipe would block the trial, and a
supervisor that waits for the database would leave it full. The fork server and the trials run no such thread; they only
hold the pipe's other end.
"""

from __future__ import annotations

import fcntl
import os
import re
import select
import struct
import termios
import threading
import time
from collections.abc import Callable
from multiprocessing import Pipe

from hpotrial.protocol import LOG_TAIL_CHARACTERS, LOG_TAIL_LINES
from hpotrial.protocol.metrics import ESCAPE_SEQUENCE

TAIL_BYTES = 2 * LOG_TAIL_CHARACTERS  # so that redaction sees a secret whole even when the tail cuts it
CHUNK_BYTES = 65536
# A process of the trial may continue to print, so the wait for its output is limited.
SETTLE_SECONDS = 1.0
PAUSE_SECONDS = 0.001
MAX_LAST_CHUNKS = 64
BLOCKED_SECONDS = 1.0
UNPRINTABLE = re.compile(rf"{ESCAPE_SEQUENCE.pattern}|[\x00-\x08\x0b-\x1f\x7f-\x9f]")


class Output:
    """The destination of this worker's trial output, and the redaction of what a trial's record shows."""

    def __init__(self, redact: Callable[[str], str] = str, descriptor: int = 1) -> None:
        self._redact = redact
        self._descriptor = descriptor

    def capture(self) -> Capture:
        return Capture(self._redact, self._descriptor)


class Capture:
    """The output of one trial. `writer` is for its process, and is closed here once the process has it."""

    def __init__(self, redact: Callable[[str], str], descriptor: int) -> None:
        self._redact = redact
        self._descriptor = descriptor
        self._reader, self.writer = Pipe(duplex=False)
        self._stop_reader, self._stop_writer = os.pipe()
        self._lock = threading.Lock()  # held from reading a chunk until it is stored and forwarded
        self._tail = b""
        self._ends_line = True
        self._is_closed = False
        self._thread = threading.Thread(target=self._drain, name="trial-output", daemon=True)
        self._thread.start()

    def tail(self) -> str:
        """Return the last lines, redacted and printable."""
        self._settle()
        tail_bytes, text = self._tail, self._redact(self._tail.decode(errors="replace"))
        lines = text.split("\n")
        if len(tail_bytes) == TAIL_BYTES and len(lines) > 1:
            del lines[0]  # its beginning was cut off
        printable = [UNPRINTABLE.sub("", _last_state(line)).rstrip() for line in lines]
        return "\n".join([line for line in printable if line][-LOG_TAIL_LINES:])[-LOG_TAIL_CHARACTERS:]

    def close(self) -> None:
        """Close the pipe, once the trial's processes are gone. Bytes left in it are still forwarded."""
        if self._is_closed:
            return
        self._is_closed = True
        self.writer.close()
        os.close(self._stop_writer)
        self._thread.join(SETTLE_SECONDS)  # limited, because the log may accept no more bytes
        if not self._thread.is_alive():
            self._finish_line()

    def _drain(self) -> None:
        pipe = self._reader.fileno()
        poll = select.poll()
        poll.register(pipe, select.POLLIN)
        poll.register(self._stop_reader, select.POLLIN)
        while self._stop_reader not in (ready := dict(poll.poll())):
            if pipe in ready and not self._forward_chunk(pipe):
                poll.unregister(pipe)  # every writer has closed the pipe; `close` follows
        for _ in range(MAX_LAST_CHUNKS):
            if not _is_ready(pipe, select.POLLIN, 0) or not self._forward_chunk(pipe):
                break
        with self._lock:
            self._reader.close()
            os.close(self._stop_reader)

    def _forward_chunk(self, pipe: int) -> bool:
        with self._lock:
            chunk = os.read(pipe, CHUNK_BYTES)
            if not chunk:
                return False
            self._tail = (self._tail + chunk[-TAIL_BYTES:])[-TAIL_BYTES:]
            self._ends_line = chunk.endswith(b"\n")
            self._forward(chunk)
        return True

    def _forward(self, chunk: bytes) -> None:
        unwritten = memoryview(chunk)
        while unwritten:
            try:
                unwritten = unwritten[os.write(self._descriptor, unwritten) :]
            except BlockingIOError:
                if not _is_ready(self._descriptor, select.POLLOUT, BLOCKED_SECONDS):
                    return
            except OSError:  # the log's reader is gone; the trial must not notice
                return

    def _settle(self) -> None:
        """Wait until everything printed so far is stored."""
        deadline = time.monotonic() + SETTLE_SECONDS
        while (seconds_left := deadline - time.monotonic()) > 0:
            if self._lock.acquire(timeout=seconds_left):
                try:
                    if self._waiting_bytes() == 0:
                        self._finish_line()
                        return
                finally:
                    self._lock.release()
            time.sleep(PAUSE_SECONDS)

    def _waiting_bytes(self) -> int:
        if self._reader.closed:
            return 0
        answer = fcntl.ioctl(self._reader.fileno(), termios.FIONREAD, bytes(4))
        return int(struct.unpack("i", answer)[0])

    def _finish_line(self) -> None:
        """End an unfinished line, so that the worker's next line starts on a line of its own."""
        if not self._ends_line:
            self._ends_line = True
            self._forward(b"\n")


def _is_ready(descriptor: int, event: int, seconds: float) -> bool:
    poll = select.poll()
    poll.register(descriptor, event)
    return bool(poll.poll(seconds * 1000))


def _last_state(line: str) -> str:
    """Return the last state of a line that a progress bar has overwritten several times."""
    return next((state for state in reversed(line.split("\r")) if state.strip()), "")
