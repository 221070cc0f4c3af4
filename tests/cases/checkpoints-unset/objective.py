import json

from hpotrial import checkpoint_dir


def objective(trial):
    x = trial.suggest_float("x", 0, 1)
    (checkpoint_dir(trial) / "last.json").write_text(json.dumps(x))
    return x
