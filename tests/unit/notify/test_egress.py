"""The limits of the process that sends: whatever a library tries, only allowed connections are opened."""

from __future__ import annotations

import subprocess
import sys

import pytest

from tests.unit.notify.servers import http_server

ENFORCE = """
import json, os, pathlib, socket, subprocess
from hposweep.allowed_hosts import AllowedHosts, VARIABLE
from hposweep.notify.egress import Egress
egress = Egress(AllowedHosts.from_environment({VARIABLE: "127.0.0.1"}))
egress.enforce()
"""


def run(code: str) -> tuple[int, str]:
    """Return the exit code of a process with limits, and the last line of its errors."""
    done = subprocess.run([sys.executable, "-c", ENFORCE + code], capture_output=True, text=True, check=False)
    return done.returncode, (done.stderr.splitlines() or [""])[-1]


@pytest.mark.parametrize(
    ("code", "error"),
    [
        ("open('/etc/hostname')", "a notification reads no files"),
        ("os.open('/proc/self/environ', os.O_RDONLY)", "a notification reads no files"),
        ("pathlib.Path(os.__file__, '../../../../etc/passwd').read_text()", "a notification reads no files"),
        ("subprocess.run(['true'])", "does not need subprocess.Popen"),
        ("os.system('true')", "does not need os.system"),
        ("os.fork()", "does not need os.fork"),
        ("socket.socket().bind(('127.0.0.1', 0))", "does not need socket.bind"),
        ("socket.socket(type=socket.SOCK_DGRAM).sendto(b'x', ('127.0.0.1', 9))", "does not need socket.sendto"),
        ("socket.socket().connect(('127.0.0.2', 9))", "the host is not allowed"),
        ("socket.socket().connect_ex(('127.0.0.2', 9))", "the host is not allowed"),
        ("socket.socket().connect(('localhost', 9))", "the host is not allowed"),
        ("socket.socket(socket.AF_UNIX).connect('/run/x')", "the host is not allowed"),
        ("socket.create_connection(('127.0.0.2', 9))", "the host is not allowed"),
        ("bytearray(2**30)", "MemoryError"),
    ],
)
def test_what_is_not_allowed_fails(code: str, error: str) -> None:
    exit_code, line = run(code)
    assert exit_code == 1
    assert error in line


@pytest.mark.parametrize("code", ["import wave", "open(os.__file__)", "json.loads('{}')"])
def test_a_library_may_be_loaded_late(code: str) -> None:
    assert run(code) == (0, "")


def test_an_allowed_address_is_connected() -> None:
    with http_server() as inbox:
        assert run(f"socket.create_connection(('127.0.0.1', {inbox.port}))\nassert not egress.refusals")[0] == 0
