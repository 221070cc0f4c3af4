"""Options of a run that change what a person gets: a short run, a required tier, a sweep from standard input."""

from __future__ import annotations

import subprocess
from pathlib import Path

import yaml

from tests.local.command import PROGRAM, spaced_sweep
from tests.local.conftest import Runner


def test_a_short_run_is_not_refused_for_its_criteria_and_the_next_one_goes_on(run: Runner) -> None:
    short = run(spaced_sweep(trials=6), arguments=("--trials", "2", "--require", "minimum"))
    assert short.wait() == 3
    assert len(short.trials()) == 2
    assert short.condition("Complete") == ("True", "BudgetReached")
    assert short.condition("MinimumSuccess")[0] == "False"
    whole = run(spaced_sweep(trials=6), arguments=("--require", "minimum"))
    assert whole.wait() == 0
    assert len(whole.trials()) == 6


def test_a_sweep_is_read_from_standard_input(folder: Path) -> None:
    text = yaml.safe_dump(spaced_sweep(trials=2))
    done = subprocess.run(
        [*PROGRAM, "-", "--out", "out"], input=text, cwd=folder, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    assert "2 of 2 trials" in done.stdout
