"""Streams that disappear: what a buffer still has must not change the exit code."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import TextIO

import pytest

from hposweep.cli.streams import discard, settle


@pytest.fixture
def unread() -> Iterator[TextIO]:
    """A stream whose reader has gone."""
    reader, writer = os.pipe()
    os.close(reader)
    with open(writer, "w") as stream:  # noqa: PTH123  # a descriptor
        yield stream


def test_a_buffer_that_cannot_be_written_is_discarded(unread: TextIO) -> None:
    unread.write("lost")
    settle(unread)
    unread.flush()


def test_a_buffer_that_can_be_written_is_written(capfd: pytest.CaptureFixture[str]) -> None:
    sys.stdout.write("kept")
    settle(sys.stdout)
    assert capfd.readouterr().out == "kept"


def test_discard_leaves_no_descriptor_open(unread: TextIO) -> None:
    before = len(list(Path("/proc/self/fd").iterdir()))
    discard(unread)
    assert len(list(Path("/proc/self/fd").iterdir())) == before


def test_a_run_that_loses_both_streams_has_an_exit_code_of_its_own() -> None:
    """Without the second discard, Python ends with 120, because it cannot flush standard error."""
    program = (
        "import os, sys; from hposweep.cli.run.lasting_output import LastingOutput\n"
        "for stream in (sys.stdout, sys.stderr):\n"
        "    reader, writer = os.pipe(); os.close(reader); os.dup2(writer, stream.fileno())\n"
        "out = LastingOutput(sys.stdout); out.write('a line'); out.flush(); sys.exit(7)\n"
    )
    assert subprocess.run([sys.executable, "-c", program], check=False).returncode == 7
