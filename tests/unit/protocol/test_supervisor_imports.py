"""A worker starts its first trial's process before it imports Optuna and SQLAlchemy: the supervisor needs neither."""

from __future__ import annotations

import subprocess
import sys

import pytest

PROTOCOL = ("config", "control", "breaker", "contrast", "messages", "redaction")


def packages_after(module: str) -> set[str]:
    """Import the module in a fresh interpreter; return the packages that this loaded."""
    code = f"import sys, {module}; print(*{{name.partition('.')[0] for name in sys.modules}})"
    return set(subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout.split())


@pytest.mark.parametrize(
    "module", ["hpotrial.process.supervisor", "hpotrial.__main__", *(f"hpotrial.protocol.{name}" for name in PROTOCOL)]
)
def test_it_loads_neither_optuna_nor_sqlalchemy(module: str) -> None:
    assert packages_after(module) & {"optuna", "sqlalchemy", "psycopg2", "numpy"} == set()
