"""A user's objective is type-checked against `hpotrial`: both packages carry their types."""

from __future__ import annotations

import re
import subprocess
import sys
import zipfile
from pathlib import Path

from tests.packaging.checkout import ROOT
from tests.packaging.test_distribution import build

OBJECTIVE = """
from optuna import Trial, TrialPruned

from hpotrial import checkpoint_dir, params, report


def objective(trial: Trial) -> float:
    rate = float(params(trial)["rate"])
    (checkpoint_dir(trial) / "last.txt").write_text(str(rate))
    report(trial, rate, 1)
    if rate > 1:
        raise TrialPruned
    return rate
"""


MISTAKES = {
    "report(trial, rate, 1)": 'report(trial, "high", 1)',
    "params(trial)": "params(3)",
    "checkpoint_dir(trial) /": "checkpoint_dir(trial) +",
}


def test_an_objective_is_checked_and_its_mistakes_are_seen(tmp_path: Path) -> None:
    """One run of mypy outside of the checkout, as a user would make it."""
    (tmp_path / "train.py").write_text(OBJECTIVE)
    wrong = OBJECTIVE
    for right, mistake in MISTAKES.items():
        wrong = wrong.replace(right, mistake)
    (tmp_path / "wrong.py").write_text(wrong)
    cache = ROOT / ".mypy_cache" / "user"
    command = [sys.executable, "-m", "mypy", "--strict", "--cache-dir", str(cache), "train.py", "wrong.py"]
    run = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=False)
    errors = re.findall(r"^(\w+)\.py:\d+: error: .*\[([\w-]+)\]$", run.stdout, re.MULTILINE)
    assert errors == [("wrong", "arg-type"), ("wrong", "operator"), ("wrong", "arg-type")], run.stdout


def test_a_wheel_has_the_markers(tmp_path: Path) -> None:
    with zipfile.ZipFile(build("wheel", ROOT, tmp_path)) as packed:
        assert {"hposweep/py.typed", "hpotrial/py.typed"} <= set(packed.namelist())
