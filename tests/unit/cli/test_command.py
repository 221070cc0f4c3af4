"""What `hposweep run` refuses before it looks at anything."""

from __future__ import annotations

import platform

import pytest

from hposweep.cli.run import command
from hposweep.cli.run.options import RunOptions
from hposweep.cli.run.signals import Signals


def test_another_system_is_refused_in_a_sentence(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(platform, "system", lambda: "Darwin")
    monkeypatch.setattr(command, "Signals", lambda: object.__new__(Signals))  # the test's own Ctrl-C stays as it is
    assert command.run_sweep(RunOptions("sweep.yaml")) == 2
    assert capsys.readouterr().err == (
        "hposweep run: this command needs Linux (got Darwin): only there workers end together with it\n"
    )
