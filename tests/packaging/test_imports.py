"""The two packages import no more of each other, and of their dependencies, than is agreed."""

from __future__ import annotations

import ast
import subprocess
import sys
from configparser import ConfigParser
from pathlib import Path

import pytest

from tests.packaging.checkout import ROOT, source_files

WORKER = ROOT / "trial_image" / "hpotrial"
SHARED = {"hpotrial.protocol", "hpotrial.samplers"}


def modules(package: Path) -> set[str]:
    """Return the modules and packages directly below a package."""
    children = [*package.glob("*.py"), *(path.parent for path in package.glob("*/__init__.py"))]
    return {f"{package.name}.{path.stem}" for path in children if path.stem != "__init__"}


def test_the_operator_is_forbidden_every_module_of_the_worker_but_the_shared_ones() -> None:
    contracts = ConfigParser()
    contracts.read(ROOT / ".importlinter")
    contract = contracts["importlinter:contract:protocol-only"]
    assert contract["source_modules"].split() == ["hposweep"]
    assert set(contract["forbidden_modules"].split()) == modules(WORKER) - SHARED
    assert modules(WORKER) > SHARED


def worker_imports(tree: ast.AST) -> set[str]:
    """Return the modules of the worker that a file imports, two names deep."""
    names = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            names |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module is not None:
            names |= {f"{node.module}.{alias.name}" for alias in node.names}
    return {".".join(name.split(".")[:2]) for name in names if name.split(".")[0] == "hpotrial"}


@pytest.mark.parametrize(
    ("line", "imports"),
    [
        ("from hpotrial import params", {"hpotrial.params"}),
        ("from hpotrial.protocol.deadline import CONNECT_SECONDS", {"hpotrial.protocol"}),
        ("import hpotrial", {"hpotrial"}),
        ("import hposweep.api", set()),
    ],
)
def test_an_import_is_recognized(line: str, imports: set[str]) -> None:
    assert worker_imports(ast.parse(line)) == imports


def test_the_operator_takes_nothing_from_the_worker_s_root() -> None:
    """`from hpotrial import params` is for objectives."""
    imports = {
        str(path): worker_imports(ast.parse((ROOT / path).read_text())) - SHARED
        for path in source_files(".py")
        if path.is_relative_to("operator")
    }
    assert {path: names for path, names in imports.items() if names} == {}


@pytest.mark.parametrize("module", ["hpotrial", "hpotrial.process.supervisor", "hpotrial.__main__"])
def test_a_process_that_starts_trials_loads_no_optuna(module: str) -> None:
    """A trial's process is forked before Optuna is loaded, and the worker's first lines answer a probe at once."""
    code = f"import sys, {module}; print(*{{name.partition('.')[0] for name in sys.modules}})"
    run = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    loaded = set(run.stdout.split())
    assert "hpotrial" in loaded
    assert not loaded & {"optuna", "sqlalchemy", "numpy", "psycopg2"}
