from hpotrial import params


def _record(trial, value):
    trial.set_user_attr("received", repr(value))
    return trial.number


def objective(trial):
    return _record(trial, trial.suggest_categorical("x", [True, 2, 3.5, "1", "None", None]))


def equal(trial):
    return _record(trial, trial.suggest_categorical("x", [0, False, 1, 1.0, True, "1"]))


def from_space(trial):
    return _record(trial, params(trial)["x"])
