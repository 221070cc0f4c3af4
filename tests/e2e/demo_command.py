"""Run a command of `demo` on the cluster, with the images of this checkout. `test_demo` and `test_checklist` use it."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager

from tests.contract.conftest import ROOT
from tests.contract.kubectl import Kubectl

IMAGES = ("images", "build", "operator", "postgres", "trial")
OUTPUT_CHARACTERS = 8000  # of a command that failed


@contextmanager
def demonstrated(
    kubectl: Kubectl, verb: str, namespace: str, seconds: float, environment: Mapping[str, str] | None = None
) -> Iterator[str]:
    """Yield what `python -m demo VERB` printed. Its namespace goes afterwards, sweeps first."""
    for command in (IMAGES, ("demo", verb)):
        done = subprocess.run(
            [sys.executable, "-m", *command],
            cwd=ROOT,
            capture_output=True,
            text=True,
            check=False,
            timeout=seconds,
            env=os.environ | (environment or {}),
        )
        print(done.stdout)
        output = done.stdout[-OUTPUT_CHARACTERS:] + done.stderr[-OUTPUT_CHARACTERS:]
        assert done.returncode == 0, f"{command}: {output}"
    yield done.stdout
    kubectl("delete", "hposweeps", "--all", "-n", namespace, "--timeout=50s")
    kubectl("delete", "namespace", namespace, "--wait=false")
