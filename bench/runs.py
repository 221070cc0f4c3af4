"""One run of a workload on a new study, with processes of bare Optuna or with workers. Used by `__main__`."""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import optuna

from bench.server import Counters, counters
from hpotrial import protocol
from tests.postgres_server import PostgresServer
from tests.trial.builders import SweepStudy, WorkerProcess, work

ROOT = Path(__file__).resolve().parent.parent
RUN_SECONDS = 600.0


@dataclass(frozen=True, slots=True)
class Workload:
    """The work that both sides do."""

    objective: str
    sampler: str
    processes: int
    trials: int
    isolation: str = "None"


@dataclass(frozen=True, slots=True)
class Figures:
    """Figures of one run, per trial."""

    trials_per_second: float
    cpu_milliseconds: float
    server_cpu_milliseconds: float
    statements: float
    commits: float


def bare(load: Workload, server: PostgresServer, url: str, name: str, seed: int) -> Figures:
    study = SweepStudy(_storage(url), url, name)
    each = load.trials // load.processes
    before = counters(server, url)
    command = [sys.executable, "-m", "bench.bare", protocol.driver_url(url), name, str(each), load.objective]
    started = [
        subprocess.Popen([*command, load.sampler, str(seed + place)], cwd=ROOT, stdout=subprocess.PIPE, text=True)
        for place in range(load.processes)
    ]
    cpu = sum(float(process.communicate(timeout=RUN_SECONDS)[0]) for process in started)
    return _figures(study, counters(server, url).since(before), cpu)


def ours(load: Workload, server: PostgresServer, url: str, name: str, seed: int) -> Figures:
    """Run workers. The CPU time of a start without trials is subtracted, because imports are not counted."""
    block = work(
        f"bench.objectives:{load.objective}",
        sampler={"name": load.sampler, "seed": seed},
        isolation=load.isolation,
    )
    idle = SweepStudy(_storage(url), url, f"{name}-idle").control(max_trials=0)
    start_cpu = _run(idle, block, load.processes)
    study = SweepStudy(_storage(url), url, name).control(max_trials=load.trials)
    before = counters(server, url)
    cpu = _run(study, block, load.processes) - start_cpu
    return _figures(study, counters(server, url).since(before), cpu)


def _run(study: SweepStudy, block: dict[str, Any], processes: int) -> float:
    """Return the CPU seconds of the workers and of their child processes."""
    with tempfile.TemporaryDirectory() as folder:
        environment = {"PYTHONPATH": f"{ROOT}:{ROOT / 'trial_image'}", protocol.SOURCE_PATH_ENV: str(ROOT)}
        workers = [WorkerProcess(study, block, Path(folder), place, environment) for place in range(processes)]
        cpu = 0.0
        for worker in workers:
            _, status, used = os.wait4(worker.process.pid, 0)
            worker.process.returncode = os.waitstatus_to_exitcode(status)
            if worker.process.returncode:
                raise RuntimeError(f"a worker exited with {worker.process.returncode}:\n{worker.log()[-2000:]}")
            cpu += used.ru_utime + used.ru_stime
    return cpu


def _figures(study: SweepStudy, used: Counters, cpu_seconds: float) -> Figures:
    """Return the figures. The time is from the first start to the last end of a trial, without imports."""
    trials = [trial for trial in study.trials if trial.state == optuna.trial.TrialState.COMPLETE]
    starts = [trial.datetime_start for trial in trials if trial.datetime_start]
    ends = [trial.datetime_complete for trial in trials if trial.datetime_complete]
    count, seconds = len(trials), (max(ends) - min(starts)).total_seconds()
    return Figures(
        trials_per_second=count / seconds,
        cpu_milliseconds=cpu_seconds / count * 1000,
        server_cpu_milliseconds=used.cpu_seconds / count * 1000,
        statements=used.statements / count,
        commits=used.commits / count,
    )


def _storage(url: str) -> optuna.storages.RDBStorage:
    return optuna.storages.RDBStorage(protocol.driver_url(url))
