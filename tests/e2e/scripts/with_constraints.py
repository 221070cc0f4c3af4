"""Not every solution is allowed."""

import optuna


def objective(trial):
    x = trial.suggest_float("x", -15, 30)
    y = trial.suggest_float("y", -15, 30)
    trial.set_constraint("inside_the_first_circle", (x - 5) ** 2 + y**2 - 25)
    trial.set_constraint("outside_the_second_circle", -((x - 8) ** 2) - (y + 3) ** 2 + 7.7)
    return 4 * x**2 + 4 * y**2 + (x - 5) ** 2 + (y - 5) ** 2


if __name__ == "__main__":
    study = optuna.create_study()
    study.optimize(objective, n_trials=60)
    print(study.best_trial.constraints)
