"""Time until user code runs: a cold `import torch`, and the gap between two trials of a warm worker."""

from __future__ import annotations

import itertools
import os
import statistics
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path

from bench.runs import ROOT
from bench.server import database
from hpotrial import protocol
from tests.postgres_server import PostgresServer
from tests.trial.builders import SweepStudy, WorkerProcess, work

TRIALS = 30
COLD_STARTS = 3
RUN_SECONDS = 300.0
LAYERS = Path.home() / ".cache/hposweep/buildah/root/overlay"


@dataclass(frozen=True, slots=True)
class Starts:
    """Medians of all starts, in seconds."""

    cold_seconds: float
    gap_seconds: float


def torch_path() -> str | None:
    """Return where torch can be imported from: "" for here, a layer of the trial image, or None for nowhere."""
    layers = LAYERS.glob(f"*/diff/venv/lib/python3.{sys.version_info.minor}/site-packages/torch")
    for folder in ("", *(str(found.parent) for found in sorted(layers))):
        if (
            subprocess.run([sys.executable, "-c", "import torch"], env=_env(folder), capture_output=True).returncode
            == 0
        ):
            return folder
    return None


def starts(server: PostgresServer, folder: str) -> Starts:
    cold = []
    for _ in range(COLD_STARTS):
        started = time.monotonic()
        subprocess.run([sys.executable, "-c", "import torch"], env=_env(folder), check=True)
        cold.append(time.monotonic() - started)
    return Starts(statistics.median(cold), statistics.median(_gaps(server, folder)))


def _gaps(server: PostgresServer, folder: str) -> list[float]:
    """Return the seconds from the last line of each trial's code to the first line of the next trial's."""
    import optuna

    url = database(server, "torch")
    storage = optuna.storages.RDBStorage(protocol.driver_url(url))
    study = SweepStudy(storage, url, "torch").control(max_trials=TRIALS)
    with tempfile.TemporaryDirectory() as directory:
        environment = {**_env(folder), protocol.SOURCE_PATH_ENV: str(ROOT)}
        worker = WorkerProcess(study, work("bench.with_torch:objective"), Path(directory), 0, environment)
        if worker.wait(RUN_SECONDS):
            raise RuntimeError(worker.log()[-2000:])
    times = [(trial.user_attrs["began"], trial.user_attrs["ended"]) for trial in study.trials]
    return [began - ended for (_, ended), (began, _) in itertools.pairwise(times)]


def _env(folder: str) -> dict[str, str]:
    path = os.pathsep.join(filter(None, [str(ROOT), str(ROOT / "trial_image"), folder]))
    return {"PATH": os.environ["PATH"], "PYTHONPATH": path}
