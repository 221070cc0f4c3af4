"""The environment of a command objective: its variables, and the files that they name.

`run` writes it before it starts the program. `config` checks at start that no two parameters share a variable.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from hpotrial.objective.checkpoint import checkpoint_dir, is_configured

PARAM_PREFIX = "HPO_PARAM_"
PARAMS_FILE_ENV = "HPO_PARAMS_FILE"
TRIAL_NUMBER_ENV = "HPO_TRIAL_NUMBER"
RESULT_FILE_ENV = "HPO_RESULT_FILE"
REPORT_FILE_ENV = "HPO_REPORT_FILE"
PRUNED_FILE_ENV = "HPO_PRUNED_FILE"
CHECKPOINT_DIR_ENV = "HPO_CHECKPOINT_DIR"


@dataclass(frozen=True, slots=True)
class CommandEnvironment:
    """The program's environment, and the files that are read and written while it runs."""

    environ: Mapping[str, str]
    result_file: Path
    report_file: Path
    pruned_file: Path


def variable(parameter: str) -> str:
    return PARAM_PREFIX + re.sub("[^A-Z0-9_]", "_", parameter.upper())


def name_conflict(parameters: Iterable[str]) -> str:
    """Return a sentence when two parameters would share a variable, otherwise an empty one."""
    owners: dict[str, str] = {}
    for parameter in parameters:
        first = owners.setdefault(variable(parameter), parameter)
        if first != parameter:
            return (
                f"spec.searchSpace: `{first}` and `{parameter}` would both become {variable(parameter)} for "
                "spec.objective.command. Rename one of them"
            )
    return ""


def write(folder: Path, params: Mapping[str, Any], trial: Any, base_environ: Mapping[str, str]) -> CommandEnvironment:
    """Write the parameters' file and return the program's environment."""
    params_file = folder / "params.json"
    params_file.write_text(json.dumps(params))
    result_file, report_file, pruned_file = (folder / name for name in ("result.json", "report.jsonl", "pruned"))
    environ = {name: value for name, value in base_environ.items() if not name.startswith(PARAM_PREFIX)}
    environ.setdefault("PYTHONUNBUFFERED", "1")  # so that a log line appears when it is printed
    environ |= {variable(name): _text(value) for name, value in params.items()}
    environ |= {
        PARAMS_FILE_ENV: str(params_file),
        TRIAL_NUMBER_ENV: str(trial.number),
        RESULT_FILE_ENV: str(result_file),
        REPORT_FILE_ENV: str(report_file),
        PRUNED_FILE_ENV: str(pruned_file),
    }
    if is_configured(base_environ):
        environ[CHECKPOINT_DIR_ENV] = str(checkpoint_dir(trial, base_environ))
    return CommandEnvironment(environ, result_file, report_file, pruned_file)


def _text(value: Any) -> str:
    return value if isinstance(value, str) else json.dumps(value)
