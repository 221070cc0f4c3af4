"""Each integration as its users write it, in a sweep's worker, in both isolations."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import pytest

from hpotrial import protocol
from tests.integrations.conftest import RESULT
from tests.integrations.tracking import Place, create_parent, mlflow_runs, steps_in_mlflow, steps_in_wandb, wandb_runs
from tests.trial.builders import work
from tests.trial.conftest import StudyMaker, WorkerStarter

pytestmark = [pytest.mark.postgres, pytest.mark.filterwarnings("default")]

OBJECTIVES = Path(__file__).parent / "objectives"
MAX_TRIALS = 3


def has_reports(place: Place) -> int:
    """How many values were reported."""
    counts = [len(trial.intermediate_values) for trial in place.study.trials]
    assert min(counts) >= 1
    return sum(counts)


def reports(place: Place) -> str:
    return f"{has_reports(place)} reports"


def scores(place: Place) -> str:
    folds = [trial.system_attrs["terminator:cv_scores"] for trial in place.study.trials]
    assert [len(scores) for scores in folds] == [3] * MAX_TRIALS
    return f"{sum(map(len, folds))} scores"


def columns(place: Place) -> str:
    names = place.study.trials[-1].user_attrs["columns"]
    assert {"number", "value", "params_x", "state"} <= set(names)
    return f"{len(names)} columns"


@dataclass(frozen=True)
class Integration:
    """One row of the table."""

    library: str
    call: str
    objective: str
    check: Callable[[Place], str]
    blocks: Mapping[str, Any] = field(default_factory=dict)


IN_MLFLOW = {"callbacks": ["tracked:in_mlflow"]}
IN_WANDB = {"callbacks": ["tracked:in_wandb"]}
INTEGRATIONS = [
    Integration("scikit-learn", "cross_val_score(n_jobs=2)", "learned_trees:cross_validation", scores),
    Integration("xgboost-cpu", "XGBoostPruningCallback", "learned_trees:xgboost_pruning", reports),
    Integration("lightgbm", "LightGBMPruningCallback", "learned_trees:lightgbm_pruning", reports),
    Integration("pandas", "study.trials_dataframe", "learned_trees:dataframe", columns),
    Integration("mlflow", "MLflowCallback", "tracked:plain", mlflow_runs, IN_MLFLOW),
    Integration("mlflow", "track_in_mlflow", "tracked:track_in_mlflow", steps_in_mlflow, IN_MLFLOW),
    Integration("wandb", "WeightsAndBiasesCallback", "tracked:plain", wandb_runs, IN_WANDB),
    Integration("wandb", "track_in_wandb", "tracked:track_in_wandb", steps_in_wandb, IN_WANDB),
]
if find_spec("torch"):  # 5 GB, so that it is installed by hand: requirements-torch.txt
    INTEGRATIONS += [
        Integration("transformers", "Trainer.train(trial=…)", "networks:huggingface_train", reports),
        Integration("lightning", "PyTorchLightningPruningCallback", "networks:lightning_pruning", reports),
    ]


@pytest.mark.timeout(900)
@pytest.mark.usefixtures("outcome")
@pytest.mark.parametrize("isolation", ["Process", "None"])
@pytest.mark.parametrize(
    ("library", "call", "row"),
    [(row.library, row.call, row) for row in INTEGRATIONS],
    ids=[row.call for row in INTEGRATIONS],
)
def test_an_integration_works_as_it_is(
    make_study: StudyMaker,
    start_worker: WorkerStarter,
    tmp_path: Path,
    request: pytest.FixtureRequest,
    library: str,
    call: str,
    row: Integration,
    isolation: str,
) -> None:
    tracking_uri = request.getfixturevalue("mlflow_server") if library == "mlflow" else ""
    study = make_study("maximize" if row.check is scores else "minimize").control(max_trials=MAX_TRIALS)
    place = Place(study, tmp_path, tracking_uri, create_parent(tracking_uri, study.name) if tracking_uri else "")
    environment = {protocol.SOURCE_PATH_ENV: str(OBJECTIVES), "HOME": str(tmp_path), **place.environment()}
    worker = start_worker(study, work(row.objective, isolation=isolation, **row.blocks), 0, **environment)
    assert worker.wait(500) == protocol.EXIT_DONE, worker.log()
    assert study.counts() == {"COMPLETE": MAX_TRIALS}, worker.log()
    assert "callback" not in worker.log(), worker.log()
    request.node.stash[RESULT] = row.check(place)
