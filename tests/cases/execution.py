"""Run the commands of a case in a copy of its folder, and compare each with its expectation. Called by `__main__`."""

from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
import sys
import sysconfig
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import yaml

from hpotrial.protocol import STORAGE_URL_ENV, driver_url
from tests.cases import expectation
from tests.cases.case import FILE, SWEEP, Case, Step, merged
from tests.cases.databases import Databases

SECONDS_PER_STEP = 90
PLAIN_OPTUNA = Path(__file__).with_name("plain_optuna.py")
WIDTH = "200"


def differences(case: Case, databases: Databases, folder: Path) -> list[str]:
    """Return how the case differs from its expectation: one line each, none if it is right."""
    shutil.copytree(case.folder, folder, dirs_exist_ok=True, ignore=shutil.ignore_patterns(FILE, "__pycache__"))
    sweep = folder / SWEEP
    for patch in case.patches:
        sweep.write_text(yaml.safe_dump(merged(yaml.safe_load(sweep.read_text()), patch), sort_keys=False))
    url = databases.create() if case.database == "shared" or any(step.optuna for step in case.steps) else ""
    environment = _environment(case, url)
    lines = []
    for number, step in enumerate(case.steps, 1):
        prefix = f"step {number}: " if len(case.steps) > 1 else ""
        result = _result(step, environment, folder, url)
        lines += [f"{prefix}{line}" for line in expectation.differences(step, result)]
        if lines:
            lines.append(f"{prefix}output of `{step.run}`:\n{result.output.rstrip()}")
            break
    return lines


def _environment(case: Case, url: str) -> dict[str, str]:
    environment = {name: value for name, value in os.environ.items() if not name.startswith(("HPO", "PYTEST", "COV"))}
    environment |= {
        "PATH": f"{sysconfig.get_path('scripts')}:{os.environ['PATH']}",
        "COLUMNS": WIDTH,
        "PYTHONWARNINGS": "default",
        "PYTHONDONTWRITEBYTECODE": "1",  # a file that a step replaces within one second is read again
        "DATABASE_URL": driver_url(url),
    }
    if case.database == "shared":
        environment[STORAGE_URL_ENV] = url
    return environment | dict(case.environment)


def _result(step: Step, environment: Mapping[str, str], folder: Path, url: str) -> expectation.Result:
    code, output = _run(["bash", "-o", "pipefail", "-c", step.run], environment, folder)
    result = expectation.Result.read(folder / "out", code, output)
    if not step.optuna:
        return result
    _, lines = _run([sys.executable, str(PLAIN_OPTUNA), SWEEP, driver_url(url)], environment, folder)
    return replace(result, reference=tuple(_trials(lines)))


def _trials(lines: str) -> list[dict[str, Any]]:
    return [json.loads(line) for line in lines.splitlines() if line.startswith("{")]


def _run(command: list[str], environment: Mapping[str, str], folder: Path) -> tuple[int, str]:
    """Return exit code and output. A command that hangs is killed with all of its processes; its code is -9."""
    with (folder / "output.log").open("w+") as log:
        process = subprocess.Popen(
            command,
            env=environment,
            cwd=folder,
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=log,
            start_new_session=True,
        )
        try:
            process.wait(SECONDS_PER_STEP)
        except subprocess.TimeoutExpired:
            os.killpg(process.pid, signal.SIGKILL)
            process.wait()
        log.seek(0)
        return process.returncode, log.read()
