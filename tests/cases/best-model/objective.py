from pathlib import Path


def objective(trial):
    x = trial.suggest_float("x", 0, 1)
    values = [each.value for each in trial.study.trials if each.value is not None]
    if all(x < value for value in values):
        Path("best.txt").write_text(str(trial.number))
    return x


def plain(trial):
    return trial.suggest_float("x", 0, 1)


def keep(study, trial):
    if study.best_trial.number == trial.number:
        Path("best.txt").write_text(str(trial.number))
