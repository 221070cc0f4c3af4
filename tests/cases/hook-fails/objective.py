import optuna


class Sampler(optuna.samplers.RandomSampler):
    def after_trial(self, study, trial, state, values):
        raise OSError("the hook has no disk")


def objective(trial):
    return trial.suggest_float("x", 0, 1)
