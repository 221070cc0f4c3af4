"""`hposweep run` passes the gate of approval: refused without a person, granted by an option or at the terminal."""

from __future__ import annotations

import os
import pty
import subprocess
from pathlib import Path
from typing import Any

import yaml

from tests.builders import trials_finished
from tests.local.command import PROGRAM, spaced_sweep
from tests.trial.builders import until

QUESTION = "ready for production?"
TIER = {"full": [trials_finished(3), {"approval": {"question": QUESTION}}]}
REQUIRED = {"required": True}


def written(folder: Path, **spec: Any) -> Path:
    file = folder / "sweep.yaml"
    file.write_text(yaml.safe_dump(spaced_sweep(**({"trials": 3, "success": TIER} | spec))))
    return file


def run(folder: Path, *arguments: str) -> tuple[int, str]:
    command = [*PROGRAM, "sweep.yaml", "--out", "out", *arguments]
    done = subprocess.run(
        command, cwd=folder, stdin=subprocess.DEVNULL, capture_output=True, text=True, check=False, timeout=60
    )
    return done.returncode, done.stdout + done.stderr


def status(folder: Path) -> Any:
    return yaml.safe_load((folder / "out" / "status.yaml").read_text())["status"]


def test_it_is_refused_without_a_terminal_and_runs_with_a_reason(folder: Path) -> None:
    written(folder, approval=REQUIRED)
    code, text = run(folder)
    assert code == 2, text
    assert "a person must approve this sweep" in text
    assert 'run it with --approve "REASON"' in text
    code, text = run(folder, "--detach")
    assert (code, "--detach: `spec.approval.required` is true" in text) == (2, True), text
    code, text = run(folder, "--approve", "cheap enough")
    assert code == 0, text
    grant = status(folder)["approval"]["granted"]
    assert grant["reason"] == "cheap enough"
    assert f"`{QUESTION}`: answer it in `spec.answers`" in text
    code, text = run(folder)
    assert code == 0, "the grant is remembered, and nothing is left to run"


def test_an_approval_that_no_sweep_needs_is_refused(folder: Path) -> None:
    written(folder)
    code, text = run(folder, "--approve", "why not")
    assert (code, "there is nothing to approve" in text) == (2, True), text


def test_it_is_asked_and_judged_at_the_terminal(folder: Path) -> None:
    written(folder, approval=REQUIRED)
    keyboard, terminal = pty.openpty()
    with (folder / "log").open("wb") as log:
        process = subprocess.Popen(
            [*PROGRAM, "sweep.yaml", "--out", "out"], cwd=folder, stdin=terminal, stdout=log, stderr=log
        )
    os.close(terminal)
    text = lambda: (folder / "log").read_text()  # noqa: E731  # read again and again
    until(lambda: "approve? Type y and your reason" in text(), "the question")
    assert "budget: 3 trials, 2 workers" in text()
    os.write(keyboard, b"what\n")
    until(lambda: "Type y or n (got `what`)" in text(), "a wrong answer is asked again")
    os.write(keyboard, b"y it is cheap\n")
    until(lambda: f"{QUESTION} Type y or n and your reason" in text(), "the question at the end")
    os.write(keyboard, b"y the losses are flat\n")
    assert process.wait(60) == 0, text()
    os.close(keyboard)
    assert status(folder)["approval"]["granted"]["reason"] == "it is cheap"
    assert status(folder)["verdict"] == "full"
    assert "answered Approve: the losses are flat" in text()


def test_a_person_who_says_no_ends_it(folder: Path) -> None:
    written(folder, approval=REQUIRED)
    keyboard, terminal = pty.openpty()
    with (folder / "log").open("wb") as log:
        process = subprocess.Popen(
            [*PROGRAM, "sweep.yaml", "--out", "out"], cwd=folder, stdin=terminal, stdout=log, stderr=log
        )
    os.close(terminal)
    until(lambda: "approve? Type y" in (folder / "log").read_text(), "the question")
    os.write(keyboard, b"n\n")
    assert process.wait(60) == 2
    os.close(keyboard)
    assert "the sweep was not approved, so nothing was run" in (folder / "log").read_text()
