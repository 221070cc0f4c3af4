from hpotrial import params


def objective(trial):
    values = params(trial)
    return values["x"] + values["epochs"]
