"""The recipes of docs/how-to/run.md for an objective without a worker, run as they are printed."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from tests.documents import ROOT

PAGE = (ROOT / "docs/how-to/run.md").read_text()
SECTION = re.split(r"^## ", PAGE.partition("\n## Debug an objective\n")[2], maxsplit=1, flags=re.MULTILINE)[0]
SCRIPT, FIXED = re.findall(r"```python\n(.*?)```", SECTION, re.DOTALL)
(COMMAND,) = re.findall(r"```console\n(.*?)```", SECTION, re.DOTALL)
TRAIN = """
from hpotrial import params


def objective(trial):
    p = params(trial)
    print("lr", p["lr"], "epochs", p.get("epochs"))
    return p["lr"]
"""
SWEEP = """
apiVersion: hposweep.dev/v1alpha1
kind: HPOSweep
metadata: {name: debugged}
spec:
  objective: {python: "train:objective", fixed: {epochs: 30}}
  searchSpace:
    - {name: lr, float: {low: 1e-5, high: 1e-1, log: true}}
    - {name: encoder, categorical: {choices: [cnn, context]}}
"""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "train.py").write_text(TRAIN)
    (tmp_path / "sweep.yaml").write_text(SWEEP)
    return tmp_path


def run(folder: Path, script: str, **environment: str) -> subprocess.CompletedProcess[str]:
    (folder / "debug.py").write_text(script)
    environ = {"PATH": os.environ["PATH"], "PYTHONPATH": str(ROOT / "trial_image"), **environment}
    command = [sys.executable, "debug.py"]
    return subprocess.run(command, cwd=folder, env=environ, capture_output=True, text=True, check=False)


def test_the_search_space_comes_from_the_file_of_the_sweep(folder: Path) -> None:
    name, _, value = COMMAND.split()[0].partition("=")
    completed = run(folder, SCRIPT, **{name: value})
    assert completed.returncode == 0, completed.stderr
    assert "epochs 30" in completed.stdout


def test_without_the_file_the_error_says_what_to_do(folder: Path) -> None:
    completed = run(folder, SCRIPT)
    assert completed.returncode == 1
    assert COMMAND.strip() in completed.stderr
    assert "hpotrial.testing.fixed_trial({...})" in completed.stderr


def test_a_fixed_trial_needs_no_file(folder: Path) -> None:
    completed = run(folder, FIXED)
    assert completed.returncode == 0, completed.stderr
    assert completed.stdout == "lr 0.001 epochs None\n0.001\n"
