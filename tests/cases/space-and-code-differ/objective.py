from hpotrial import params


def objective(trial):
    return trial.suggest_float("lr", 0.001, 0.1, log=True)


def other_range(trial):
    trial.suggest_categorical("encoder", ["cnn", "context"])
    return trial.suggest_float("lr", 0.001, 0.01, log=True)


def other_kind(trial):
    trial.suggest_categorical("encoder", ["cnn", "context"])
    return trial.suggest_int("lr", 0, 1)


def one_more(trial):
    return agreeing(trial) + trial.suggest_float("dropout", 0, 0.5)


def agreeing(trial):
    trial.suggest_categorical("encoder", ["cnn", "context"])
    return trial.suggest_float("lr", 0.001, 0.1, log=True)


def by_the_space(trial):
    return params(trial)["lr"]
