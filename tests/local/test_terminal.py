"""A reader that leaves, a terminal that closes, a question at the terminal, and a run in the background."""

from __future__ import annotations

import os
import pty
import signal
import subprocess
from pathlib import Path

import yaml

from tests.builders import best_value
from tests.local.command import PROGRAM, hang_up_as_usual, spaced_sweep
from tests.local.conftest import Runner
from tests.trial.builders import is_alive, until


def written(folder: Path, **spec: object) -> Path:
    file = folder / "sweep.yaml"
    file.write_text(yaml.safe_dump(spaced_sweep(**spec)))  # type: ignore[arg-type]
    return file


def test_a_reader_that_leaves_ends_no_run(folder: Path) -> None:
    file = written(folder, trials=6)
    run = subprocess.Popen(
        [*PROGRAM, str(file), "--out", "out"], cwd=folder, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    )
    assert run.stdout is not None
    assert run.stdout.readline().startswith("sweep spaced: up to 6 trials")
    run.stdout.close()
    assert run.stderr is not None
    messages = run.stderr.read()
    run.stderr.close()
    assert run.wait() == 0, messages
    assert messages == (
        "hposweep run: its output cannot be written (Broken pipe); the run continues. "
        f"`kill -INT {run.pid}` drains it\n"
    )
    status = yaml.safe_load((folder / "out" / "status.yaml").read_text())["status"]
    assert (status["state"], status["progress"]) == ("Complete", "6/6")


def test_a_closed_terminal_ends_running_trials_with_a_sentence(run: Runner) -> None:
    command = run(spaced_sweep(trials=10, seconds=30))
    command.until_running(0)
    command.process.send_signal(signal.SIGHUP)
    assert command.wait(25) == 129
    assert "the terminal was closed (--detach keeps a run alive); stopping" in command.text()
    assert command.leftovers() == []
    assert command.charged() == []


def test_a_terminal_that_is_gone_leaves_nothing(folder: Path) -> None:
    file = written(folder, trials=10, seconds=30)
    pid, terminal = pty.fork()
    if pid == 0:
        hang_up_as_usual()
        os.chdir(folder)
        os.execv(PROGRAM[0], [*PROGRAM, str(file), "--out", "out"])  # noqa: S606  # a fixed program
    until(lambda: b"2/2" in os.read(terminal, 65536), "its table shows the workers")
    os.close(terminal)
    _, status = os.waitpid(pid, 0)
    assert os.waitstatus_to_exitcode(status) == 129
    ended = yaml.safe_load((folder / "out" / "status.yaml").read_text())["status"]
    assert "stopped by user" in ended["message"]
    assert ended["trials"]["charged"] == 0


def test_a_question_is_answered_at_the_terminal(folder: Path) -> None:
    point = {
        "name": "half",
        "at": {"trials": 2},
        "rules": [{"when": best_value(less_than=-1.0), "then": "Continue"}],
        "otherwise": "Ask",
    }
    file = written(folder, trials=400, decisionPoints=[point], success={})
    keyboard, terminal = pty.openpty()
    with (folder / "log").open("wb") as log:
        run = subprocess.Popen(
            [*PROGRAM, str(file), "--out", "out"], cwd=folder, stdin=terminal, stdout=log, stderr=log
        )
    os.close(terminal)
    text = lambda: (folder / "log").read_text()  # noqa: E731  # read again and again
    until(lambda: "decision `half`: type c to continue or s to stop" in text(), "the question")
    os.write(keyboard, b"what\n")
    until(lambda: "type c or s (got `what`)" in text(), "a wrong answer is asked again")
    os.write(keyboard, b"s\n")
    assert run.wait(60) == 0, text()
    os.close(keyboard)
    assert "answered Stop" in text()
    status = yaml.safe_load((folder / "out" / "status.yaml").read_text())["status"]
    assert status["decisions"][0]["outcome"] == "Stop"


def test_a_run_in_the_background_has_a_log_and_can_be_stopped(folder: Path) -> None:
    file = written(folder, trials=500, seconds=0.2)
    start = subprocess.run(
        [*PROGRAM, str(file), "--out", "out", "--detach"], cwd=folder, capture_output=True, text=True, check=True
    )
    pid = int((folder / "out" / "run.pid").read_text())
    assert f"process {pid}" in start.stdout
    assert "tail -f out/run.log" in start.stdout
    status = folder / "out" / "status.yaml"
    until(lambda: status.exists() and "running: 2" in status.read_text(), "its workers run")
    os.kill(pid, signal.SIGINT)
    until(lambda: not (folder / "out" / "run.pid").exists(), "it drains")
    assert "Next: continue it" in (folder / "out" / "run.log").read_text()
    until(lambda: not is_alive(pid), "it has ended")
