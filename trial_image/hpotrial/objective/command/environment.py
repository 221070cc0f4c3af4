"""The environment of a command objective: its variables, and the files that they name.

`run` writes it before it starts the program. `config` checks at start that no two parameters share a variable.
"""

from __future__ import annotations

import json
import shlex
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from hpotrial.objective.checkpoint import checkpoint_dir, is_configured
from hpotrial.objective.command.arguments import options, text
from hpotrial.objective.environment import of_trial
from hpotrial.protocol.command import (
    ARGS,
    CHECKPOINT_DIR_ENV,
    PARAM_PREFIX,
    PARAMS_FILE_ENV,
    PRUNED_FILE_ENV,
    REPORT_FILE_ENV,
    RESULT_FILE_ENV,
    SEED_ENV,
    shared_variable,
    variable,
)


@dataclass(frozen=True, slots=True)
class CommandEnvironment:
    """The program's environment, and the files that are read and written while it runs."""

    environ: Mapping[str, str]
    result_file: Path
    report_file: Path
    pruned_file: Path


def name_conflict(parameters: Iterable[str]) -> str:
    """Return a sentence when two parameters would share a variable, otherwise an empty one."""
    pair = shared_variable(parameters)
    if pair is None:
        return ""
    first, second = pair
    return (
        f"spec.searchSpace: `{first}` and `{second}` would both become {variable(first)} for spec.objective.command. "
        "Rename one of them"
    )


def write(folder: Path, params: Mapping[str, Any], trial: Any, base_environ: Mapping[str, str]) -> CommandEnvironment:
    """Write the parameters' file and return the program's environment."""
    params_file = folder / "params.json"
    params_file.write_text(json.dumps(params))
    result_file, report_file, pruned_file = (folder / name for name in ("result.json", "report.jsonl", "pruned"))
    environ = {name: value for name, value in base_environ.items() if not name.startswith(PARAM_PREFIX)}
    environ.setdefault("PYTHONUNBUFFERED", "1")  # so that a log line appears when it is printed
    seed = base_environ.get(SEED_ENV, "")  # that the process of the trial has set
    environ |= of_trial(trial.number, base_environ, int(seed) if seed.isdecimal() else None)
    environ |= {variable(name): text(value) for name, value in params.items()}
    environ |= {
        ARGS: shlex.join(options(params)),
        PARAMS_FILE_ENV: str(params_file),
        RESULT_FILE_ENV: str(result_file),
        REPORT_FILE_ENV: str(report_file),
        PRUNED_FILE_ENV: str(pruned_file),
    }
    if is_configured(base_environ):
        environ[CHECKPOINT_DIR_ENV] = str(checkpoint_dir(trial, base_environ))
    return CommandEnvironment(environ, result_file, report_file, pruned_file)
