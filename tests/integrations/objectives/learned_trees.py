"""scikit-learn, XGBoost and LightGBM as their users call them from a trial."""

from __future__ import annotations

from typing import Any

import optuna
from optuna.terminator import report_cross_validation_scores


def data() -> tuple[Any, Any]:
    from sklearn.datasets import load_breast_cancer

    features, labels = load_breast_cancer(return_X_y=True)
    return features[:200], labels[:200]


def cross_validation(trial: optuna.Trial) -> float:
    """Cross validation in processes of joblib, and its scores for Optuna's terminator."""
    from sklearn.model_selection import cross_val_score
    from sklearn.tree import DecisionTreeClassifier

    model = DecisionTreeClassifier(max_depth=trial.suggest_int("depth", 1, 4), random_state=0)
    scores = cross_val_score(model, *data(), cv=3, n_jobs=2)
    report_cross_validation_scores(trial, [float(score) for score in scores])
    return float(scores.mean())


def xgboost_pruning(trial: optuna.Trial) -> float:
    import xgboost
    from optuna_integration import XGBoostPruningCallback

    matrix = xgboost.DMatrix(*data()[:1], label=data()[1])
    parameters = {
        "objective": "binary:logistic",
        "eval_metric": "logloss",
        "eta": trial.suggest_float("eta", 0.1, 0.5),
        "nthread": 1,
    }
    results: dict[str, Any] = {}
    xgboost.train(
        parameters,
        matrix,
        num_boost_round=5,
        evals=[(matrix, "validation")],
        evals_result=results,
        verbose_eval=False,
        callbacks=[XGBoostPruningCallback(trial, "validation-logloss")],
    )
    return float(results["validation"]["logloss"][-1])


def lightgbm_pruning(trial: optuna.Trial) -> float:
    import lightgbm
    from optuna_integration import LightGBMPruningCallback

    features, labels = data()
    train = lightgbm.Dataset(features, labels)
    parameters = {
        "objective": "binary",
        "metric": "binary_logloss",
        "learning_rate": trial.suggest_float("rate", 0.05, 0.3),
        "num_threads": 1,
        "verbose": -1,
    }
    booster = lightgbm.train(
        parameters,
        train,
        num_boost_round=5,
        valid_sets=[train],
        callbacks=[LightGBMPruningCallback(trial, "binary_logloss", valid_name="training")],
    )
    return float(booster.best_score["training"]["binary_logloss"])


def dataframe(trial: optuna.Trial) -> float:
    frame = trial.study.trials_dataframe()
    trial.set_user_attr("columns", list(frame.columns))
    return trial.suggest_float("x", 0, 1)
