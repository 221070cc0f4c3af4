"""Ctrl-C once, twice, three times, and SIGTERM; the same command goes on afterwards."""

from __future__ import annotations

import signal

from tests.local.command import spaced_sweep
from tests.local.conftest import Runner
from tests.trial.builders import until


def test_ctrl_c_drains_and_the_next_run_finishes_the_same_study(run: Runner) -> None:
    command = run(spaced_sweep(trials=10, seconds=0.5))
    command.until_running(2)
    command.interrupt()
    assert command.wait() == 130
    assert command.leftovers() == []
    assert command.condition("Complete") == ("True", "StoppedByUser")
    assert "`spec.stop: Drain`" in command.text()
    drained = command.trials()
    assert {trial["state"] for trial in drained} == {"COMPLETE"}
    assert 2 <= len(drained) < 10

    again = run(spaced_sweep(trials=10, seconds=0.5))
    assert again.wait() == 0
    assert len(again.charged()) == 10
    assert again.trials()[: len(drained)] == drained
    assert again.condition("Complete") == ("True", "BudgetReached")


def test_ctrl_c_twice_ends_running_trials_without_charge(run: Runner) -> None:
    command = run(spaced_sweep(trials=10, seconds=30))
    command.until_running(0)
    command.interrupt()
    until(lambda: "running trials finish" in command.text(), "the first Ctrl-C is seen")
    command.interrupt()
    assert command.wait(25) == 130
    assert command.leftovers() == []
    assert "`spec.stop: Terminate`" in command.text()
    assert command.status()["trials"]["charged"] == 0
    assert command.charged() == []


def test_ctrl_c_three_times_waits_for_nothing(run: Runner) -> None:
    command = run(spaced_sweep(trials=10, seconds=30))
    command.until_running(0)
    # Signals of one kind are not queued: ask until it is gone, also while it cleans up.
    until(lambda: command.interrupt() or command.process.poll() is not None, "it gives up")
    assert command.wait() == 130
    assert command.leftovers() == []


def test_ctrl_c_before_there_is_anything_to_drain_leaves_nothing(run: Runner) -> None:
    command = run(spaced_sweep(trials=10, seconds=30))
    until(lambda: (command.out / "postgres").exists(), "the database is being made")
    command.interrupt()
    assert command.wait() == 130
    until(lambda: command.leftovers() == [], "the last process has ended")
    assert "Traceback" not in command.text()


def test_sigterm_ends_running_trials(run: Runner) -> None:
    command = run(spaced_sweep(trials=10, seconds=30))
    command.until_running(0)
    command.process.send_signal(signal.SIGTERM)
    assert command.wait(25) == 143
    assert command.leftovers() == []
    assert command.charged() == []
