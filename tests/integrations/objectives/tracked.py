"""MLflow and W&B as their users call them, each trial a run."""

from __future__ import annotations

import os

import optuna
from optuna_integration import MLflowCallback, WeightsAndBiasesCallback

in_mlflow = MLflowCallback(
    tracking_uri=os.environ.get("MLFLOW_TRACKING_URI"),
    metric_name="loss",
    mlflow_kwargs={"tags": {"mlflow.parentRunId": os.environ.get("MLFLOW_PARENT_RUN", "")}},
)
in_wandb = WeightsAndBiasesCallback(
    metric_name="loss",
    wandb_kwargs={"project": "vision", "group": os.environ["HPOSWEEP_STUDY"]},
    as_multirun=True,
)


@in_mlflow.track_in_mlflow()
def track_in_mlflow(trial: optuna.Trial) -> float:
    import mlflow

    x = trial.suggest_float("x", 0, 1)
    mlflow.log_metric("half", x / 2)
    return x


@in_wandb.track_in_wandb()
def track_in_wandb(trial: optuna.Trial) -> float:
    import wandb

    x = trial.suggest_float("x", 0, 1)
    wandb.log({"half": x / 2})
    return x


def plain(trial: optuna.Trial) -> float:
    return trial.suggest_float("x", 0, 1)
