"""A worker runs for weeks: its memory must not grow with its trials."""

from __future__ import annotations

import time
from pathlib import Path

import pytest

from hpotrial import protocol
from tests.trial.builders import WorkerProcess, work
from tests.trial.conftest import StudyMaker, WorkerStarter

pytestmark = pytest.mark.postgres

WARM, TRIALS = 30, 230
# What Optuna itself keeps of 200 finished trials for its sampler is a good 2 MB.
MOST_GROWTH_BYTES = 6 * 2**20


def resident_bytes(worker: WorkerProcess) -> int:
    """0 once it has ended."""
    status = Path(f"/proc/{worker.process.pid}/status").read_text()
    found = [line for line in status.splitlines() if line.startswith("VmRSS")]
    return int(found[0].split()[1]) * 1024 if found else 0


@pytest.mark.parametrize("isolation", ["Process", "None"])
def test_200_trials_more_cost_no_memory(make_study: StudyMaker, start_worker: WorkerStarter, isolation: str) -> None:
    study = make_study().control(max_trials=TRIALS)
    sampler = {"name": "TPESampler", "options": {"n_startup_trials": 1000}, "seed": 1}
    worker = start_worker(study, work("noisy:objective", sampler=sampler, isolation=isolation))
    seen: dict[int, int] = {}
    while worker.process.poll() is None:
        resident = resident_bytes(worker)
        if resident:
            seen[worker.log().count(" in 0.")] = resident
        time.sleep(0.02)
    assert worker.wait() == protocol.EXIT_DONE
    assert len(study.trials) == TRIALS
    before = next(resident for ended, resident in sorted(seen.items()) if ended >= WARM)
    after = max(resident for ended, resident in seen.items() if ended >= TRIALS - 20)
    assert after - before < MOST_GROWTH_BYTES, f"{(after - before) / 2**20:.1f} MiB"
