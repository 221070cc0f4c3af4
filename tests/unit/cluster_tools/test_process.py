"""`has_ended` waits for the last thread of a process: until then its ports are taken."""

from __future__ import annotations

import subprocess
import sys

from tests.cluster import process


def test_a_process_has_ended_once_it_was_killed_also_when_nobody_reaped_it() -> None:
    with subprocess.Popen([sys.executable, "-c", "print(1, flush=True); input()"], stdin=-1, stdout=-1) as child:
        assert child.stdout is not None
        child.stdout.readline()
        before = process.has_ended(child.pid)

        child.kill()
        child.stdout.read()  # its end of the pipe is closed
        while not process.has_ended(child.pid):
            pass

        assert not before
        assert child.returncode is None, "its parent has not reaped it"
    assert process.has_ended(child.pid), "it was reaped"
