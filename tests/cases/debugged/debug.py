import optuna
from objective import objective

study = optuna.create_study()
study.optimize(objective, n_trials=1)
assert set(study.best_params) == {"x"}
assert 7 <= study.best_value <= 8
print("called with the space")
