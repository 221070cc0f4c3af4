"""Whatever is killed, nothing is left over, nothing is lost, and the budget stays exact."""

from __future__ import annotations

import os
import shutil
import signal

from hposweep.cluster.local.folder import LOCK
from tests.local.command import spaced_sweep
from tests.local.conftest import Runner
from tests.trial.builders import until


def test_a_killed_command_takes_everything_with_it_and_the_next_one_goes_on(run: Runner) -> None:
    command = run(spaced_sweep(trials=12, seconds=0.4))
    command.until_running(2)
    assert len(command.workers()) == 2
    command.kill()
    again = run(spaced_sweep(trials=12, seconds=0.4))  # at once: it waits for what is still ending
    assert again.wait() == 0
    assert again.leftovers() == []
    assert len(again.charged()) == 12
    assert not [trial for trial in again.trials() if trial["state"] in ("RUNNING", "WAITING")]
    assert again.condition("Complete") == ("True", "BudgetReached")


def test_nothing_is_left_of_a_killed_command(run: Runner) -> None:
    command = run(spaced_sweep(trials=12, seconds=30))
    command.until_running(0)
    command.kill()
    until(lambda: command.leftovers() == [], "workers, trials and PostgreSQL end by themselves", seconds=20)


def test_a_killed_worker_is_replaced(run: Runner) -> None:
    command = run(spaced_sweep(trials=12, seconds=0.4))
    command.until_running(2)
    os.kill(command.workers()[0], signal.SIGKILL)
    assert command.wait() == 0
    assert command.leftovers() == []
    assert len(command.charged()) == 12
    assert len(list((command.out / "logs").iterdir())) == 3


def test_a_database_that_dies_is_started_again(run: Runner) -> None:
    command = run(spaced_sweep(trials=12, seconds=0.4))
    command.until_running(2)
    os.kill(command.server(), signal.SIGQUIT)
    assert command.wait() == 0
    assert command.leftovers() == []
    assert "PostgreSQL has exited; restarting it" in command.text()
    assert len(command.charged()) == 12


def test_a_folder_that_is_deleted_under_a_run_ends_it(run: Runner) -> None:
    command = run(spaced_sweep(trials=500, seconds=0.2))
    command.until_running(1)
    (command.out / LOCK).unlink()
    shutil.rmtree(command.out, ignore_errors=True)
    assert command.wait() == 1
    assert f"its folder {command.out} has been deleted" in command.text()
    assert "Traceback" not in command.text()


def test_a_folder_is_for_one_run_at_a_time(run: Runner) -> None:
    command = run(spaced_sweep(trials=12, seconds=30))
    command.until_running(0)
    second = run(spaced_sweep(trials=12, seconds=30))
    assert second.wait(10) == 2
    assert f"is in use by another run (process {command.process.pid})" in second.text()
    assert second.text().count("\n") == 1
