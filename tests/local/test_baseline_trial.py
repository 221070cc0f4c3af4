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


def test_a_budget_of_one_is_the_baseline_trial_by_hand_and_the_whole_sweep_follows_it(
    run: Runner, folder: Path
) -> None:
    sweep = spaced_sweep(trials=3, baselineTrial={"params": {"x": 2.0}}, objective={"python": "tried:objective"})
    (folder / "tried.py").write_text(WORKS)
    by_hand = run(sweep, arguments=("--trials", "1"))
    assert by_hand.wait() == 0
    assert by_hand.condition("BaselinePassed") == ("True", "Passed")
    assert "1 of 1 trials" in by_hand.text()
    assert [trial["params"] for trial in by_hand.trials()] == [{"x": 2.0}]

    whole = run(sweep)
    assert whole.wait() == 0
    assert [trial["params"]["x"] == 2.0 for trial in whole.trials()] == [True, False, False], "it is not repeated"


def test_a_budget_of_one_is_one_trial_of_the_search_without_the_field_and_beside_an_attempt_that_does_not_count(
    run: Runner, folder: Path
) -> None:
    (folder / "tried.py").write_text(WORKS)
    objective = {"python": "tried:objective"}
    plain = run(spaced_sweep(trials=3, objective=objective), arguments=("--trials", "1"), out="plain")
    assert plain.wait() == 0
    assert len(plain.trials()) == 1
    uncounted = spaced_sweep(trials=3, objective=objective, baselineTrial={"params": {"x": 2.0}, "count": False})
    beside = run(uncounted, arguments=("--trials", "1"), out="beside")
    assert beside.wait() == 0
    assert [trial["params"]["x"] == 2.0 for trial in beside.trials()] == [True, False]
