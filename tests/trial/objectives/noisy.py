"""An objective that prints, reports, notes and fails now and then: what leaks in a worker leaks here."""

from __future__ import annotations

import optuna


def objective(trial: optuna.Trial) -> float:
    x = trial.suggest_float("x", 0, 1)
    print("a line of the log that is not worth keeping\n" * 200)
    trial.set_user_attr("notes", "n" * 500)
    for step in range(5):
        trial.report(x / (step + 1), step)
    if trial.number % 7 == 3:
        raise ValueError(f"trial {trial.number} has failed")
    return x
