"""The examples without a cluster: their sweeps run by a real worker."""

from __future__ import annotations

from typing import Any

import pytest
import yaml
from optuna.trial import TrialState

from hpotrial import protocol
from tests.documents import ROOT
from tests.trial.conftest import StudyMaker, WorkerStarter

pytestmark = pytest.mark.postgres


@pytest.mark.parametrize("file", ["sweep.yaml", "options.yaml"])
def test_the_shell_script_trains_reports_and_is_pruned(
    make_study: StudyMaker, start_worker: WorkerStarter, file: str
) -> None:
    folder = ROOT / "examples" / "command"
    spec: dict[str, Any] = yaml.safe_load((folder / file).read_text())["spec"]
    block = {name: spec[name] for name in ("objective", "searchSpace")} | {
        name: spec["study"][name] for name in ("objectives", "sampler", "pruner")
    }
    study = make_study().control(max_trials=spec["trials"]["max"])
    worker = start_worker(study, block, **{protocol.SOURCE_PATH_ENV: str(folder)})
    assert worker.wait() == protocol.EXIT_DONE, worker.log()
    assert set(study.counts()) == {"COMPLETE", "PRUNED"}, worker.log()
    assert study.study.best_value < 0.1
    for trial in study.of_state(TrialState.COMPLETE):
        assert len(trial.intermediate_values) == 10
        assert trial.value == pytest.approx((trial.user_attrs["x"] - 3) ** 2, rel=1e-4)
    assert all(len(trial.intermediate_values) < 10 for trial in study.of_state(TrialState.PRUNED))
