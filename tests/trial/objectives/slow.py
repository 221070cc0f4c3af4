"""Objectives that take as long as the test wants: they wait for a file, and say in another that they run."""

from __future__ import annotations

import os
import signal
import time
from pathlib import Path

import optuna


def _wait_for(path: Path) -> None:
    while not path.exists():
        time.sleep(0.01)


def gated(trial: optuna.Trial) -> float:
    """Runs until the file `go` is there."""
    x = trial.suggest_float("x", 0, 1)
    here = Path(os.environ["TEST_DIRECTORY"])
    (here / f"running-{trial.number}").write_text(str(os.getpid()))
    _wait_for(here / "go")
    return x


def deaf(trial: optuna.Trial) -> float:
    """As `gated`, and SIGTERM does not impress it."""
    signal.signal(signal.SIGTERM, signal.SIG_IGN)
    return gated(trial)


def undecided(trial: optuna.Trial) -> float:
    """As `gated`, before anything is suggested."""
    here = Path(os.environ["TEST_DIRECTORY"])
    (here / f"running-{trial.number}").write_text(str(os.getpid()))
    _wait_for(here / "go")
    return trial.suggest_float("x", 0, 1)


def few_milliseconds(trial: optuna.Trial) -> float:
    x = trial.suggest_float("x", 0, 1)
    time.sleep(0.002)
    return x


def scored(trial: optuna.Trial) -> float:
    """How willingly the kernel ends this process."""
    return float(Path("/proc/self/oom_score_adj").read_text())


def hungry(trial: optuna.Trial) -> float:
    """Eats until somebody stops it."""
    eaten = [bytearray(2**20) for _ in range(4096)]
    return float(len(eaten))


def parent(trial: optuna.Trial) -> float:
    """The process that it was forked from."""
    return float(os.getppid())


def a_second(trial: optuna.Trial) -> float:
    x = trial.suggest_float("x", 0, 1)
    time.sleep(1)
    return x


def says_its_age(trial: optuna.Trial) -> float:
    """Note when its process was started."""
    ticks = int(Path("/proc/self/stat").read_text().rpartition(")")[2].split()[19])
    up_seconds = float(Path("/proc/uptime").read_text().split()[0])
    trial.set_user_attr("process_started", time.time() - up_seconds + ticks / os.sysconf("SC_CLK_TCK"))
    x = trial.suggest_float("x", 0, 1)
    time.sleep(0.5)
    return x
