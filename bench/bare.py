"""One process of bare Optuna: `python -m bench.bare URL STUDY TRIALS OBJECTIVE SAMPLER SEED`. Started by `runs`.

Prints the CPU seconds of the trials, without imports.
"""

from __future__ import annotations

import resource
import sys

import optuna

from bench import objectives

SAMPLERS = {"RandomSampler": optuna.samplers.RandomSampler, "TPESampler": optuna.samplers.TPESampler}


def cpu_seconds() -> float:
    used = resource.getrusage(resource.RUSAGE_SELF)
    return used.ru_utime + used.ru_stime


def main(url: str, study: str, trials: int, objective: str, sampler: str, seed: int) -> None:
    optuna.logging.set_verbosity(optuna.logging.WARNING)
    loaded = optuna.load_study(study_name=study, storage=url, sampler=SAMPLERS[sampler](seed=seed))
    before = cpu_seconds()
    loaded.optimize(getattr(objectives, objective), n_trials=trials)
    sys.stdout.write(f"{cpu_seconds() - before}\n")


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2], int(sys.argv[3]), sys.argv[4], sys.argv[5], int(sys.argv[6]))
