"""`hposweep run` passes the gate of the baseline trial, and a run after a fix tries it again."""

from __future__ import annotations

from pathlib import Path

from tests.local.command import spaced_sweep
from tests.local.conftest import Runner

FAILS = "def objective(trial):\n    raise ValueError('no batch')\n"
FAILS_AT_FIVE = (
    "def objective(trial):\n    value = inner(trial)\n    if value == 25.0 and trial.params['x'] > 0:\n"
    "        raise ValueError('too far')\n    return value\n"
)
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


def test_corners_run_in_the_gate_of_a_run_and_their_failures_are_told(run: Runner, folder: Path) -> None:
    sweep = spaced_sweep(
        trials=2,
        objective={"python": "tried:objective"},
        baselineTrial={"params": {"x": 2.0}, "corners": True, "count": False},
    )
    (folder / "tried.py").write_text(f"{WORKS}\ninner = objective\n\n\n{FAILS_AT_FIVE}")
    ended = run(sweep)
    assert ended.wait() == 0
    assert ended.condition("BaselinePassed") == ("True", "PassedWithWarnings")
    message = " ".join(ended.text().split())
    assert "1 of 2 corners completed" in message
    assert "Corner `upper` (x=5): trial 1 failed: ObjectiveError: ValueError: too far" in message
    assert [trial["params"]["x"] for trial in ended.trials()[:3]] == [2.0, 5.0, -5.0]
    assert len(ended.trials()) == 5, "two trials of the search beside three that do not count"


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
