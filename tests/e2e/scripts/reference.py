"""Run one of these scripts' objectives by `study.optimize` alone and print the study: what the sweep must equal.

`python reference.py MODULE TRIALS DIRECTIONS SAMPLER PRUNER`; sampler and pruner as in a sweep, as JSON.
"""

import importlib
import json
import sys

import optuna


def made(module, block, **more):
    return getattr(module, block["name"])(**block.get("options", {}), **more)


def described(trial):
    return {
        "number": trial.number,
        "state": trial.state.name,
        "params": trial.params,
        "distributions": {name: repr(value) for name, value in trial.distributions.items()},
        "values": trial.values,
        "steps": {str(step): value for step, value in trial.intermediate_values.items()},
        "attributes": {key: value for key, value in trial.user_attrs.items() if not key.startswith("hposweep:")},
        "constraints": trial.constraints,
    }


def main(module, trials, directions, sampler, pruner):
    optuna.logging.set_verbosity(optuna.logging.ERROR)
    study = optuna.create_study(
        directions=directions,
        sampler=made(optuna.samplers, sampler, seed=sampler["seed"]),
        pruner=made(optuna.pruners, pruner),
    )
    study.optimize(importlib.import_module(module).objective, n_trials=trials)
    print(json.dumps([described(trial) for trial in study.trials]))


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]), *(json.loads(argument) for argument in sys.argv[3:6]))
