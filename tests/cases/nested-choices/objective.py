def objective(trial):
    blocks = trial.suggest_categorical("blocks", [[[3, 3], [5]], [[1], []], []])
    stages = trial.suggest_categorical("stages", [((1, 2), (3,)), ((1, 2), None)])
    preset = trial.suggest_categorical("preset", [{"depth": 2, "act": "relu"}, {"depth": 4}, None])
    assert isinstance(stages, tuple), stages
    assert isinstance(stages[0], tuple), stages
    trial.set_user_attr("received", {"blocks": blocks, "stages": stages, "preset": preset})
    return len(blocks)
