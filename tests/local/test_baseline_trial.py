"""`hposweep run` passes the gate of the baseline trial, and a run after a fix tries it again."""

from __future__ import annotations

from pathlib import Path

from tests.local.command import spaced_sweep
from tests.local.conftest import Runner

FAILS = "def objective(trial):\n    raise ValueError('no batch')\n"
WORKS = "def objective(trial):\n    return trial.suggest_float('x', -5.0, 5.0) ** 2\n"


def test_a_failed_trial_keeps_a_run_from_starting_until_it_is_fixed(run: Runner, folder: Path) -> None:
    sweep = spaced_sweep(trials=4, baselineTrial={"params": {"x": 2.0}}, objective={"python": "tried:objective"})
    (folder / "tried.py").write_text(FAILS)
    refused = run(sweep)
    assert refused.wait() == 2
    assert (
        "trial 0 failed: ObjectiveError: ValueError: no batch (tried.py:2). Fix it, then run the same command"
        in refused.text()
    )
    assert "kubectl" not in refused.text()

    (folder / "tried.py").write_text(WORKS)
    fixed = run(sweep)
    assert fixed.wait() == 0
    assert fixed.condition("BaselinePassed") == ("True", "Passed")
    trials = fixed.trials()
    assert len(trials) == 4, "both attempts count"

    again = run(sweep)
    assert again.wait() == 0
    assert len(again.trials()) == 4, "a trial that passed is not repeated"
