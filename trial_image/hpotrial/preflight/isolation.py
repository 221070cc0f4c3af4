"""Run one check in a process of its own: one that hangs, exits or crashes becomes a finding. Called by `run`."""

from __future__ import annotations

import json
import os
import select
import signal
import sys
import time
import traceback
from collections.abc import Callable
from contextlib import suppress

from hpotrial.preflight.check import Check, CheckResult, Deadline, failure
from hpotrial.process import memory, reaper
from hpotrial.protocol.preflight import SENTENCE_CHARACTERS

POLL_SECONDS = 0.05
GRACE_SHARE, MAX_GRACE_SECONDS = 0.1, 5.0  # of the deadline: for a check that looks at it to say how far it came
REAP_SECONDS = 5.0
MAX_RESULT_BYTES = 65536
TIMEOUT_FIELD = "spec.preflight.timeoutSeconds"


def run_isolated(check: Check, seconds: float, is_interrupted: Callable[[], bool] = lambda: False) -> CheckResult:
    """Return the result of a check, or the finding that it crashed or did not end within its time."""
    reader, writer = os.pipe()
    for stream in (sys.stdout, sys.stderr):
        stream.flush()
    pid = os.fork()
    if pid == 0:
        os.close(reader)
        _run_child(check, seconds, writer)
    os.close(writer)
    try:
        text, is_late = _read(reader, seconds, is_interrupted)
    finally:
        os.close(reader)
        code = _end(pid)
        reaper.kill_and_reap(frozenset(), REAP_SECONDS)
    result = _result(text)
    if result is not None:
        return result
    if is_late:
        return failure(
            f"did not end within {seconds:g} s and was killed. Fix what it waits for, or raise `{TIMEOUT_FIELD}`"
        )
    return failure(f"its process {_death(code)}. Read the log of the preflight pod")


def _run_child(check: Check, seconds: float, writer: int) -> None:
    """Run the check and exit. Nothing of the parent continues here, whatever the user's code does."""
    code = 1
    try:
        os.setsid()  # so that all that the check starts can be killed with it
        for signal_number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(signal_number, signal.SIG_DFL)
        memory.raise_oom_score()
        grace = min(seconds * GRACE_SHARE, MAX_GRACE_SECONDS)
        result = _outcome(check, Deadline.after(seconds - grace))
        fields = [result.outcome, result.sentence, result.value, result.threshold]
        os.write(writer, json.dumps(fields).encode() + b"\n")
        code = 0
    except BaseException:
        traceback.print_exc()
    finally:
        for stream in (sys.stdout, sys.stderr):
            with suppress(Exception):
                stream.flush()
        os._exit(code)


def _outcome(check: Check, deadline: Deadline) -> CheckResult:
    pid = os.getpid()
    try:
        result = check.run(deadline)
    except BaseException as error:  # the user's code may raise anything, SystemExit too
        traceback.print_exc()
        sentence = f"raised {type(error).__name__}: {error}"[:SENTENCE_CHARACTERS]
        result = failure(f"{sentence}. Read the log of the preflight pod")
    if os.getpid() != pid:
        os._exit(0)  # a process that the user's code forked, and that returned from it as well
    return result


def _read(reader: int, seconds: float, is_interrupted: Callable[[], bool]) -> tuple[bytes, bool]:
    """Return the line of the child, and whether its time ran out. A grandchild may hold the pipe open."""
    text, end = b"", time.monotonic() + seconds
    while not text.endswith(b"\n") and len(text) < MAX_RESULT_BYTES:
        seconds_left = end - time.monotonic()
        if seconds_left <= 0 or is_interrupted():
            return text, True
        if select.select([reader], [], [], min(seconds_left, POLL_SECONDS))[0]:
            chunk = os.read(reader, MAX_RESULT_BYTES)
            if not chunk:
                break
            text += chunk
    return text, False


def _end(pid: int) -> int:
    """Kill what is left of the check's process group, and return the exit code of its first process."""
    deadline = time.monotonic() + POLL_SECONDS * 4  # a process that has written its result exits at once
    while time.monotonic() < deadline:
        ended, status = os.waitpid(pid, os.WNOHANG)
        if ended:
            _kill_group(pid)
            return os.waitstatus_to_exitcode(status)
        time.sleep(POLL_SECONDS / 10)
    _kill_group(pid)
    return os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])


def _kill_group(pid: int) -> None:
    with suppress(ProcessLookupError, PermissionError):
        os.killpg(pid, signal.SIGKILL)
    with suppress(ProcessLookupError, PermissionError):
        os.kill(pid, signal.SIGKILL)  # it may not have called setsid yet


def _result(text: bytes) -> CheckResult | None:
    try:
        outcome, sentence, value, threshold = json.loads(text)
    except ValueError:
        return None
    return CheckResult(outcome, sentence, value, threshold)


def _death(code: int) -> str:
    if code < 0:
        name = signal.Signals(-code).name if -code in signal.valid_signals() else f"signal {-code}"
        return f"was killed by {name}"
    return f"exited with code {code} before it had a result"
