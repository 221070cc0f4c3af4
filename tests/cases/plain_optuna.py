"""Run a sweep's objective as its author would without HPOSweep: `study.optimize` with the same sampler and budget.

A program of its own, because `execution` starts it in the case's folder: `python plain_optuna.py sweep.yaml URL`.
It prints one JSON object per trial.
"""

from __future__ import annotations

import importlib
import json
import sys
import warnings
from operator import attrgetter
from pathlib import Path
from typing import Any

import optuna
import yaml


def main() -> None:
    spec = yaml.safe_load(Path(sys.argv[1]).read_text())["spec"]
    sys.path.insert(0, ".")
    optuna.logging.set_verbosity(optuna.logging.ERROR)
    warnings.simplefilter("ignore")
    block = spec["study"]
    study = optuna.create_study(
        storage=sys.argv[2],
        study_name="plain",
        directions=[objective["direction"].lower() for objective in block["objectives"]],
        sampler=_instance(optuna.samplers, block.get("sampler", {"name": "RandomSampler"})),
        pruner=_instance(optuna.pruners, block.get("pruner", {"name": "MedianPruner"})),
    )
    module, _, path = spec["objective"]["python"].partition(":")
    objective = attrgetter(path)(importlib.import_module(module))
    errors: dict[int, str] = {}

    def watched(trial: optuna.Trial) -> Any:
        try:
            return objective(trial)
        except optuna.TrialPruned:
            raise
        except Exception as error:
            errors[trial.number] = f"{type(error).__name__}: {error}"
            raise

    study.optimize(watched, n_trials=spec["trials"]["max"], catch=(Exception,))
    for trial in study.trials:
        print(json.dumps(_described(trial, errors)))


def _described(trial: optuna.trial.FrozenTrial, errors: dict[int, str]) -> dict[str, Any]:
    return {
        "number": trial.number,
        "state": trial.state.name,
        "params": trial.params,
        "values": trial.values,
        "attributes": trial.user_attrs,
        "error": errors.get(trial.number, ""),
    }


def _instance(module: Any, block: dict[str, Any]) -> Any:
    seed = {"seed": block["seed"]} if "seed" in block else {}
    return getattr(module, block["name"])(**block.get("options", {}), **seed)


if __name__ == "__main__":
    main()
