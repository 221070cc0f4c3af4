"""Where a run leaves its traces, and what MLflow and W&B have of its trials."""

from __future__ import annotations

import json
import urllib.parse
import urllib.request
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tests.trial.builders import SweepStudy

MAX_RUNS = 100


@dataclass(frozen=True)
class Place:
    """A study and a folder for files; the address of an MLflow server and a run on it, where the row needs them."""

    study: SweepStudy
    folder: Path
    tracking_uri: str
    parent: str

    def environment(self) -> dict[str, str]:
        """Return the variables that a user sets in the container `trial`."""
        return {
            "MLFLOW_TRACKING_URI": self.tracking_uri,
            "MLFLOW_PARENT_RUN": self.parent,
            "WANDB_MODE": "offline",
            "WANDB_DIR": str(self.folder),
        }


def create_parent(tracking_uri: str, study: str) -> str:
    """Create the experiment with the study's name and a run in it; return the run's ID."""
    experiment = _call(tracking_uri, "experiments/create", {"name": study})["experiment_id"]
    run = _call(tracking_uri, "runs/create", {"experiment_id": experiment, "run_name": study})
    return str(run["run"]["info"]["run_id"])


def _children(place: Place) -> list[dict[str, Any]]:
    """Return the runs of the experiment that has the study's name, without the parent."""
    name = urllib.parse.quote(place.study.name)
    experiment = _call(place.tracking_uri, f"experiments/get-by-name?experiment_name={name}")["experiment"]
    query = {"experiment_ids": [experiment["experiment_id"]], "max_results": MAX_RUNS}
    runs = _call(place.tracking_uri, "runs/search", query)["runs"]
    return [run for run in runs if run["info"]["run_id"] != place.parent]


def _call(tracking_uri: str, path: str, body: Mapping[str, Any] | None = None) -> Any:
    data = None if body is None else json.dumps(body).encode()
    url = f"{tracking_uri}/api/2.0/mlflow/{path}"
    request = urllib.request.Request(url, data, {"Content-Type": "application/json"})  # noqa: S310  # our server
    with urllib.request.urlopen(request) as answer:  # noqa: S310
        return json.load(answer)


def mlflow_runs(place: Place) -> str:
    runs = _children(place)
    assert {run["info"]["status"] for run in runs} == {"FINISHED"}
    assert {_values(run, "tags")["mlflow.parentRunId"] for run in runs} == {place.parent}
    losses = {_values(run, "tags")["number"]: _values(run, "metrics")["loss"] for run in runs}
    assert losses == {str(trial.number): trial.value for trial in place.study.trials}
    assert len(runs) == len(losses)
    return f"{len(runs)} runs"


def steps_in_mlflow(place: Place) -> str:
    for metrics in (_values(run, "metrics") for run in _children(place)):
        assert metrics["half"] == metrics["loss"] / 2
    return mlflow_runs(place)


def _values(run: Mapping[str, Any], kind: str) -> dict[str, Any]:
    return {entry["key"]: entry["value"] for entry in run["data"][kind]}


def wandb_runs(place: Place) -> str:
    runs = _offline_runs(place)
    for trial in place.study.trials:
        assert len([run for run in runs if _has_value(run, trial.value)]) == 1
    assert len(runs) == len(place.study.trials)
    return f"{len(runs)} runs"


def steps_in_wandb(place: Place) -> str:
    runs = _offline_runs(place)
    for trial in place.study.trials:
        (run,) = (run for run in runs if _has_value(run, trial.value))
        assert trial.value is not None
        assert _has_value(run, trial.value / 2)
    return wandb_runs(place)


def _offline_runs(place: Place) -> list[bytes]:
    """Return what was kept of each run for `wandb sync`: records with values as JSON."""
    return [file.read_bytes() for file in place.folder.glob("wandb/offline-run-*/*.wandb")]


def _has_value(run: bytes, value: float | None) -> bool:
    return json.dumps(value).encode() in run
