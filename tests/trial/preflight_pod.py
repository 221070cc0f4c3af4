"""A preflight pod as a kubelet runs it: its program in a process of its own, and the results that it leaves."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any

import pytest

from hpotrial.__main__ import main
from hpotrial.protocol import PREFLIGHT_ENV
from hpotrial.protocol.preflight import (
    Finding,
    PreflightConfig,
    PreflightResult,
)

CODE = """
import os, signal, sys
def objective(trial): return 1.0
def load(): return [1]
def samples(trial):
    trial.suggest_float("lr", 0.1, 1.0)
    trial.suggest_int("depth", 1, 8)
    raise SystemExit("the training has begun")
def chooses(trial): trial.suggest_categorical("size", [1, 2, True, None])
def reports(trial):
    trial.suggest_float("lr", 0.1, 1.0)
    trial.report(1.0, 0)
    raise SystemExit("the training has begun")
def from_params(trial):
    from hpotrial import params
    params(trial)
    raise SystemExit("the training has begun")
def breaks(): raise ValueError("no such batch")
def two(trial, other): return 1.0
def crash(trial): return 1.0
"""
SECRET = "s3cr3t-pass"
UNREACHABLE = f"postgresql://user:{SECRET}@127.0.0.1:1/db"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "code").mkdir()
    (tmp_path / "code/train_checked.py").write_text(CODE)
    (tmp_path / "code/dies_at_import.py").write_text("import os, signal\nos.kill(os.getpid(), signal.SIGSEGV)\n")
    (tmp_path / "data").mkdir()
    for number in range(3):
        (tmp_path / f"data/{number}.png").write_bytes(b"x" * 100)
    return tmp_path


def exit_code(environ: dict[str, str]) -> int:
    """Run the program of a pod in a child, and return its exit code."""
    pid = os.fork()
    if pid == 0:
        os.environ.update(environ)
        os._exit(main(os.environ))
    return os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])


def run(
    folder: Path, objective: str = "train_checked:objective", url: str = UNREACHABLE, **block: Any
) -> PreflightResult:
    """Run the checks as a kubelet does, and return what they leave; that of the database only with a `url`."""
    message = folder / "message"
    work = json.dumps({"objective": {"python": objective}, **block.pop("work", {})})
    environ = {
        "HPOSWEEP_STORAGE_URL": url,
        "HPOSWEEP_STUDY": "study",
        "HPOSWEEP_SWEEP_UID": "uid",
        "HOME": str(folder),
        "HPOSWEEP_SOURCE_PATH": str(folder / "code"),
        "HPOSWEEP_TERMINATION_MESSAGE_PATH": str(message),
        PREFLIGHT_ENV: PreflightConfig({"timeoutSeconds": 60, **block}, work).to_json(),
    }
    assert exit_code(environ) == 0
    result = PreflightResult.from_message(message.read_text())
    assert result is not None
    findings = tuple(entry for entry in result.findings if url != UNREACHABLE or entry.check != "database")
    return PreflightResult(findings, result.omitted)


def finding(result: PreflightResult, check: str, name: str | None = None) -> Finding:
    (entry,) = (entry for entry in result.findings if entry.check == check and name in (None, entry.name))
    return entry
