from hpotrial import params


def objective(trial):
    values = params(trial)
    trial.set_user_attr("received", values)
    return values["optimizer.lr"]
